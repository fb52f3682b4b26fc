from . import debt_case
from . import debt_personal_data
from . import debt_telephony_provider
from . import mail_activity
from . import res_users
from . import voip_call
from . import voip_call_debt
