from . import (
    debt_aged_report,
    debt_call_report,
    debt_call_report_query,
    debt_case_report,
    debt_contact_audit_report,
    debt_objection_report,
    debt_review_report,
    debt_statement,
)
