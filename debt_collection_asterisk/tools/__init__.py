"""Pure Python: the standard library only, no Odoo."""
