from . import debt_call_wizard, debt_dialler_secret
