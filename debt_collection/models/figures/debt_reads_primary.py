from functools import wraps

from odoo import models

from odoo.addons.web.models.models import Base

#: Odoo's methods that read by way of `_search`, and that it serves from a replica.
READS = (
    (models.BaseModel, "name_search"),
    (models.BaseModel, "read"),
    (models.BaseModel, "read_group"),
    (models.BaseModel, "search"),
    (models.BaseModel, "search_count"),
    (models.BaseModel, "search_fetch"),
    (models.BaseModel, "search_read"),
    (Base, "formatted_read_group"),
    (Base, "formatted_read_grouping_sets"),
    (Base, "read_progress_bar"),
    (Base, "web_name_search"),
    (Base, "web_read"),
    (Base, "web_read_group"),
    (Base, "web_search_read"),
)


class DebtReadsPrimary(models.AbstractModel):
    """Reports that write what is newly paid before they are read.

    Where a database has a replica for reading, Odoo reads there what it takes for a
    mere question. Writing there fails, is logged, and the whole request begins again
    on the primary. These reports say beforehand that they belong there.
    """

    _name = "debt.reads.primary"
    _description = "Report That Is Read from the Primary Database"

    def _search(self, *args, **kwargs):
        """What was collected is as new as what the ledger says now."""
        self.env["debt.collection.report"]._catch_up()
        return super()._search(*args, **kwargs)


def _on_primary(name, method):
    @wraps(method)
    def reads(self, *args, **kwargs):
        return getattr(super(DebtReadsPrimary, self), name)(*args, **kwargs)

    reads._readonly = False
    return reads


for _class, _name in READS:
    setattr(DebtReadsPrimary, _name, _on_primary(_name, getattr(_class, _name)))
