from . import debt_call_report, debt_case_report
