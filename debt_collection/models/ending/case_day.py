"""The day on which something is decided about a case: where its company is."""


def today_of_case(env, case_id=None):
    """Return today's date where the company of a case is.

    :param case_id: id of the ``debt.case``; that of the dialog where there is none
    """
    case_id = case_id or env.context.get("default_case_id")
    case = env["debt.case"].browse(case_id or ())
    return (case.company_id or env.company)._debt_today()


def with_day(env, name, vals):
    """Return values for a new record, with the day where none was named.

    :param name: of the field that is the day
    """
    if vals.get("case_id") and name not in vals:
        return {name: today_of_case(env, vals["case_id"])} | vals
    return vals
