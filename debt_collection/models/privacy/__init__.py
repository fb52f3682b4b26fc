from . import (
    debt_personal_data,
    debt_personal_data_debtor,
    debt_personal_data_thread,
    debt_personal_data_export,
)
