from . import debt_call_inbound
