"""Pure Python: the standard library and phonenumbers, no Odoo."""
