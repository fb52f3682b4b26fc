from . import (
    account_payment,
    debt_case,
    debt_portal,
    debt_portal_act,
    payment_transaction,
)
