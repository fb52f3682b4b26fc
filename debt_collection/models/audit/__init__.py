from . import debt_contact_exception
