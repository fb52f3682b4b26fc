"""To whom Odoo is about to send what is written on a case."""


def outside_recipients(case, recipients_data):
    """Those of Odoo's recipients who get an e-mail and are no colleagues.

    Whether they may, being the debtor or not, is for the gate to say.

    :param case: ``debt.case``
    :param recipients_data: as `_notify_get_recipients` gives them
    """
    if not case:
        return []
    # Superuser: exactly the company and its contacts.
    company = case.company_id.sudo().partner_id.commercial_partner_id
    colleagues = company.search([("commercial_partner_id", "=", company.id)])
    return [
        one
        for one in recipients_data
        if one["notif"] == "email"
        and one["type"] != "user"
        and one["email_normalized"]
        and one["id"] not in colleagues.ids
    ]


def sms_numbers(case, recipients_data, options):
    """Numbers an SMS is about to go to, as the SMS addon chooses them.

    :param case: ``debt.case``
    :param dict options: of Odoo's `_notify_thread_by_sms`
    """
    chosen = options.get("sms_pid_to_number") or {}
    ids = [one["id"] for one in recipients_data if one["notif"] == "sms"]
    # Superuser: exactly the numbers of these recipients.
    partners = case.env["res.partner"].sudo().browse(ids)
    numbers = [
        partner._phone_format(number=number) or number
        for partner in partners
        if (number := chosen.get(partner.id) or partner.phone)
    ]
    numbers += [
        case._phone_format(number=number) or number
        for number in options.get("sms_numbers") or []
        if number
    ]
    return list(dict.fromkeys(numbers))
