from odoo import api, models, tools


class ResCountry(models.Model):
    _inherit = "res.country"

    @api.model
    @tools.ormcache()
    def _debt_ids_by_code(self):
        """Ids of all countries by their ISO code: numbers are told by it."""
        return {country.code: country.id for country in self.search([])}
