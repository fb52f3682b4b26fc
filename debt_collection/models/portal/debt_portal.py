from base64 import b64encode
from datetime import timedelta
from io import BytesIO

import qrcode

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import consteq
from odoo.tools.image import image_data_uri
from odoo.tools.misc import format_datetime, hmac

from ...tools.page_link import SIGNED, Opens, read_link, write_link

#: What a link of the page is signed for: one made for anything else does not open it.
SCOPE = "debt_collection.portal"
#: The hours of his day for which a debtor may ask to be called back.
CALL_HOURS = (9, 11, 13, 15, 17, 19)
CALL_DAYS, CALL_TIMES = 7, 12


class DebtPortal(models.AbstractModel):
    """The page of one debtor and one legal entity: who may open it, and what it shows.

    It is opened by a link that is signed and expires, or by a login. All that it shows
    of money is the statement of account, which reads the ledger.
    """

    _name = "debt.portal"
    _description = "The Debtor's Page"

    # --- the link ---------------------------------------------------------------------
    @api.model
    def _url(self, case):
        """Where the debtor of a case sees what he owes, without a login.

        The same all day long, so that a text that has it already is known.

        :return: str, False where the company has no such page
        """
        # Superuser: signs with the database's secret, for whoever writes to the debtor.
        company = case.sudo().company_id
        if not company.debt_page_on:
            return False
        last = company._debt_today() + timedelta(days=company.debt_page_days)
        opens = Opens(case.partner_id.id, company.id, last)
        # Nothing in it says what it is about: others may read the e-mail.
        link = write_link(opens, self._signature(opens))
        return f"{case.get_base_url()}/account/{link}"

    @api.model
    def _on_paper(self, debtor, company):
        """The link as printed: as a text, and as a picture that a telephone reads.

        Operators print without it: whoever has it acts as the debtor. A copy that
        colleagues read has none (context ``debt_kept``), nor what a link opened.

        :return: dict with ``url`` and ``image`` (data URL), or False
        """
        if self.env.context.get("debt_kept"):
            return False
        # Superuser: the company's settings; the report has checked who may print it.
        debtor, company = debtor.sudo(), company.sudo()
        may = self.env.user.has_group("debt_collection.group_debt_accountant")
        case = may and company.debt_page_paper and self._case(debtor, company)
        url = case and self._url(case)
        if not url:
            return False
        # Odoo's own codes need a library in C that not everybody has.
        code = BytesIO()
        qrcode.make(url, box_size=4, border=2).save(code)
        return {"url": url, "image": image_data_uri(b64encode(code.getvalue()))}

    @api.model
    def _signature(self, opens):
        """What proves that we made a link; withdrawn, another is made.

        :param opens: `tools.page_link.Opens`
        :return: bytes
        """
        # Superuser: the database's secret, and how often links were withdrawn.
        env = self.env(su=True)
        [[withdrawn]] = env["debt.case"]._read_group(
            [
                ("partner_id", "=", opens.debtor_id),
                ("company_id", "=", opens.company_id),
            ],
            aggregates=["page_withdrawals:sum"],
        )
        signed = hmac(env, SCOPE, f"{opens.to_bytes().hex()}/{withdrawn or 0}")
        return bytes.fromhex(signed)[:SIGNED]

    @api.model
    def _withdraw_links(self, case):
        """No link that was sent so far opens the debtor's page any more.

        :param case: ``debt.case``, one
        :raises AccessError: the caller is no accountant, or may not read the case
        """
        case.ensure_one().check_access("read")
        if not self.env.user.has_group("debt_collection.group_debt_accountant"):
            raise AccessError(
                self.env._("Only an accountant or manager withdraws links.")
            )
        # Superuser: how often is nobody's to write; who may read the case may do it.
        found = case.sudo()
        found.page_withdrawals += 1
        found._message_log(
            body=self.env._(
                "The links to the debtor's page that were sent so far are withdrawn. "
                "The next message brings a new one."
            ),
            author_id=self.env.user.partner_id.id,
        )

    @api.model
    def _compute_urls(self, cases):
        for case in cases:
            case.page_url = case.id and self._url(case)

    @api.model
    def _read_link(self, token):
        """Whose page a link opens.

        :return: pair of ``res.partner`` and ``res.company`` (superuser), or None
        """
        if not (read := read_link(token)):
            return None
        opens, signature = read
        if not consteq(signature, self._signature(opens)):
            return None
        found = self._if_open(opens.debtor_id, opens.company_id)
        return found if found and opens.last >= found[1]._debt_today() else None

    @api.model
    def _of_user(self, company_id):
        """The same for the user who is logged in: his own account with a company."""
        debtor = self.env.user.commercial_partner_id
        if company_id not in self._companies(debtor).ids:
            return None
        return self._if_open(debtor.id, company_id)

    @api.model
    def _if_open(self, debtor_id, company_id):
        """Both as superuser, in the one company and no other.

        Who has become somebody else's contact has no account of his own any more.
        """
        context = self.env.context | {"allowed_company_ids": [company_id]}
        env = self.env(user=SUPERUSER_ID, su=True, context=context)
        debtor = env["res.partner"].browse(debtor_id).exists()
        company = env["res.company"].browse(company_id).exists()
        own = debtor and debtor.commercial_partner_id == debtor
        found = own and company and company.debt_page_on
        return (debtor, company) if found else None

    @api.model
    def _companies(self, debtor):
        """Legal entities that have collected from a debtor, and show him a page."""
        # Superuser: exactly this debtor's cases; the caller knows that he is it.
        cases = self.env["debt.case"].sudo().search([("partner_id", "=", debtor.id)])
        return cases.company_id.filtered("debt_page_on")

    # --- what is shown ----------------------------------------------------------------
    @api.model
    def _case(self, debtor, company):
        """The open case, else the latest one, else none (superuser)."""
        return debtor.env["debt.case"].search(
            [("partner_id", "=", debtor.id), ("company_id", "=", company.id)],
            order="closed_at DESC, id DESC",
            limit=1,
        )

    @api.model
    def _shown(self, debtor, company):
        """All that the page tells a debtor.

        :param debtor, company: superuser
        :return: dict as of the statement, with ``case``, ``due`` (the items that are
            collected), ``promises`` that stand, and what may be chosen
        """
        case, told = self._case(debtor, company), self._statement(debtor, company)
        is_open = case and not case.closed_at
        due = case._collected() if is_open else []
        return told | {
            "case": case,
            "due": due,
            "documents": self._documents(told).ids,
            "currencies": debtor.env["res.currency"],
            "most_parts": self._most_parts(case) if is_open else 1,
            "promises": self._promises(case),
            "callback": is_open and self._callback_text(case),
            "times": self._call_times(case) if is_open else [],
            "last_day": told["day"] + timedelta(days=company.debt_page_promise_days),
        }

    @api.model
    def _statement(self, debtor, company):
        statements = debtor.env["report.debt_collection.statement"]
        return statements._statement(debtor, company)

    @api.model
    def _documents(self, told):
        """The documents behind what is open: what the page shows, and no others.

        :param dict told: a statement
        :return: ``account.move`` (superuser)
        """
        shown = {item["move_id"] for one in told["accounts"] for item in one["items"]}
        moves = told["debtor"].env["account.move"].browse(sorted(shown))
        return moves.filtered(lambda move: move.is_invoice(include_receipts=True))

    @api.model
    def _promises(self, case):
        standing = case.promise_ids.filtered(lambda promise: promise.state == "open")
        return standing.sorted("date")

    @api.model
    def _callback_text(self, case):
        """When he is called, as he asked, in his time; nothing if that is over."""
        at, zone = case.callback_at, case._contact_facts()[case].zone
        coming = at and zone and at > fields.Datetime.now()
        return coming and self._in_his_time(case, zone)

    @api.model
    def _in_his_time(self, case, zone, at=None):
        at = at or case.callback_at
        return format_datetime(case.env, at, zone, "EEE d MMM HH:mm")

    @api.model
    def _call_times(self, case):
        """When the debtor may be called in the next days, as the gate says.

        :return: list of pairs: naive UTC as text, and words in his time
        """
        facts = case._contact_facts()[case]
        if not facts.policy or not facts.zone:
            return []
        times = case.env["debt.call"]._callback_times(
            case, facts, CALL_HOURS, CALL_DAYS
        )
        return [
            (at.isoformat(), self._in_his_time(case, facts.zone, at))
            for at in times[:CALL_TIMES]
        ]
