from . import debt_personal_data, debt_personal_data_export
