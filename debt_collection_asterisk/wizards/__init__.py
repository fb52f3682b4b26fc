from . import debt_call_wizard, debt_contact_explain, debt_dialler_secret
