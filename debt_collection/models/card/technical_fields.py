from odoo import api, models


class DebtTechnicalFields(models.AbstractModel):
    """Fields the program keeps for itself: nobody groups or filters by them."""

    _name = "debt.technical.fields"
    _description = "Fields of the Program"
    #: Names that are left out of Custom Group and Custom Filter.
    _technical_fields = frozenset()

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        found = super().fields_get(allfields, attributes)
        for name in self._technical_fields & set(found):
            for attribute in {"groupable", "searchable"} & set(found[name]):
                found[name][attribute] = False
        return found
