from datetime import timedelta
from hashlib import sha256

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...tools import page_form
from ...tools.consent import last_word
from ...tools.page_form import Refused
from ..card.lock_rows import claim_rows
from ..message.debt_refusal import EVERY_MEDIUM

#: Nobody says of a payment of longer ago that it was just overlooked.
PAID_WITHIN = timedelta(days=366)
EVERY = ("week", "fortnight", "month")
#: The kinds of a dispute, in the order of the page.
WRONG = ("wrong_amount", "not_delivered", "defective", "already_paid", "not_mine")
#: What a debtor may refuse, as people enter it.
REFUSED = ("telephone", "sms", "email", "all")
BEST_HOURS = range(8, 21)


class DebtPortal(models.AbstractModel):
    """What a debtor does on his page, by the methods by which people enter it."""

    _inherit = "debt.portal"

    @api.model
    def _do(self, case, kind, via, form, files=()):
        """Take what the debtor sent, once, with all that follows from it.

        :param case: ``debt.case`` (superuser)
        :param str kind, via: of ``debt.portal.act``
        :param form: what was sent, as werkzeug's ``MultiDict``
        :param files: pairs of name and content
        :return: ``debt.portal.act``
        :raises Refused, UserError: it cannot be taken
        """
        claim_rows(case)
        acts = case.env["debt.portal.act"]
        key = self._key(kind, form, files)
        if known := acts._known(case, key):
            return known
        nothing = case.closed_at or not (kind == "callback" or case._collected())
        if kind != "refusal" and nothing:
            raise Refused("closed")
        acts._check_room(case, kind)
        self._act(case, kind, form, files)
        act = acts.create({"case_id": case.id, "kind": kind, "via": via, "key": key})
        if not case.closed_at:
            case._plan()
        act._tell_operator()
        return act

    @api.model
    def _key(self, kind, form, files):
        """What is sent twice is taken once; another act of the same page is another."""
        page_form.read_text(form.get("key"), needed=True)
        sent = sorted(one for one in form.items(multi=True) if one[0] != "csrf_token")
        proofs = [(name, sha256(content).digest()) for name, content in files]
        return sha256(repr((kind, sent, proofs)).encode()).hexdigest()

    @api.model
    def _act(self, case, kind, form, files):
        match kind:
            case "promise":
                self._promise(case, form)
            case "dispute":
                self._dispute(case, form, page_form.read_files(files))
            case "paid":
                self._paid(case, form, page_form.read_files(files))
            case "callback":
                self._callback(case, form)
            case "means":
                case.env["debt.means"]._say(case, form)
                self._tell(case, case.env._("Says on his page what he can afford."))
            case "refusal":
                self._refusal(case, form)

    @api.model
    def _record(self, case, kind, lines=(), **values):
        """Put on record what was sent, as an accountant enters what came by letter.

        The items are those of the page, however many: an entry shows fewer.

        :param lines: ids of the items it is about
        """
        entries = case.env["debt.case.entry"].with_context(default_case_id=case.id)
        entry = entries.create(
            {
                "kind": kind,
                "channel": "portal",
                "received_on": case.company_id._debt_today(),
                "item_ids": [
                    Command.create(self._prepare_item_values(row, lines))
                    for row in case._collected()
                ],
                **values,
            }
        )
        entry.action_record()

    @api.model
    def _prepare_item_values(self, row, lines):
        return {
            "name": row["name"],
            "date_due": row["due"],
            "currency_id": row["currency_id"],
            "left": row["left_currency"],
            "line_ref": row["line_id"],
            "selected": row["line_id"] in lines,
        }

    # --- one act each -----------------------------------------------------------------
    @api.model
    def _promise(self, case, form):
        """All of what he ticks, by a day or in equal parts: he types no amount.

        :raises Refused: a part would take the place of a plan for everything
        """
        company, today = case.company_id, case.company_id._debt_today()
        due = {row["line_id"]: row["left"] for row in case._collected()}
        lines = page_form.read_ids(form.getlist("item"), due)
        last = today + timedelta(days=company.debt_page_promise_days)
        chosen = lines if len(lines) < len(due) else ()
        replaced = case.env["debt.promise"]._replaced_by(case, chosen)
        if chosen and any(not promise.line_ids for promise in replaced):
            raise Refused("promised")
        self._record(
            case,
            "promise",
            chosen,
            promise_amount=case.currency_id.round(sum(due[line] for line in lines)),
            promise_date=page_form.read_day(form.get("day"), today, last),
            promise_parts=page_form.read_count(
                form.get("parts"), self._most_parts(case)
            ),
            promise_every=page_form.read_choice(form.get("every") or "month", EVERY),
        )

    @api.model
    def _most_parts(self, case):
        """How many instalments he may choose: more where he said why."""
        offered = case.env["debt.means"]._offered(case).parts
        return max(case.company_id.debt_page_parts, offered)

    @api.model
    def _dispute(self, case, form, files):
        due = [row["line_id"] for row in case._collected()]
        self._record(
            case,
            "dispute",
            page_form.read_ids(form.getlist("item"), due),
            dispute_code=page_form.read_choice(form.get("reason"), (*WRONG, "other")),
            note=page_form.read_text(form.get("text"), needed=True),
        )
        self._keep_files(case, files)

    @api.model
    def _paid(self, case, form, files):
        today = case.company_id._debt_today()
        self._record(
            case,
            "paid",
            paid_on=page_form.read_day(form.get("day"), today - PAID_WITHIN, today),
            paid_amount=page_form.read_amount(form.get("amount")),
            paid_reference=page_form.read_text(form.get("reference"))[:100] or False,
            note=page_form.read_text(form.get("text")),
        )
        self._keep_files(case, files)

    @api.model
    def _callback(self, case, form):
        """A call at a lawful time, on a number of his choice that costs no more.

        :raises Refused: he cannot be called then, or not on that number
        """
        at = page_form.read_instant(form.get("at"))
        number = page_form.read_text(form.get("number"))[:40]
        if number:
            self._learn_number(case, number)
        if hour := form.get("hour"):
            hours = {str(one): one for one in BEST_HOURS}
            known = hours[page_form.read_choice(hour, hours)]
            case.partner_id.debt_preferred_hour = known
        try:
            case.env["debt.call"]._ask_callback(case, at)
        except UserError as error:
            raise Refused("time") from error
        self._tell(
            case,
            case.env._(
                "Asks to be called: %(time)s. %(number)s",
                time=case._local_time(at),
                number=number,
            ),
        )

    @api.model
    def _learn_number(self, case, number):
        learned = case.env._(
            "Typed on the debtor's page, %(date)s",
            date=fields.Date.to_string(case.company_id._debt_today()),
        )
        try:
            phone = case.env["debt.phone"]._learn(case.partner_id, number, learned)
        except UserError as error:
            raise Refused("number") from error
        # Whoever sends the form is paid for each minute of the call he asks for.
        if phone.kind == "premium":
            raise Refused("other")

    @api.model
    def _refusal(self, case, form):
        """It is heeded from this moment on, whatever else stands.

        :raises Refused: he said the very same before: it is on record once
        """
        medium = page_form.read_choice(form.get("refused"), REFUSED)
        said = page_form.read_text(form.get("text"))
        if self._stands(case, medium, said):
            raise Refused("known")
        said = said or case.env._("Chosen on the debtor's page.")
        case.env["debt.refusal"]._enter(
            case, "portal", said, medium, fields.Datetime.now()
        )

    @api.model
    def _stands(self, case, medium, said):
        """Whether a refusal says nothing that is not on record already."""
        channels = EVERY_MEDIUM if medium == "all" else [medium]
        words = case._contact_facts()[case].words
        today = case.company_id._debt_today()
        if not all(last_word(words, one, None, today) is False for one in channels):
            return False
        same = [("case_id", "=", case.id), ("text", "=", said)]
        return not said or bool(case.env["debt.refusal"].search_count(same, limit=1))

    # --- in the debtor's thread -------------------------------------------------------
    @api.model
    def _keep_files(self, case, files):
        """What proves it, where the accountant looks for it.

        :param files: of `tools.page_form.read_files`
        """
        if not files:
            return
        attachments = case.env["ir.attachment"].create(
            [
                {
                    "name": name,
                    "raw": content,
                    "mimetype": kind,
                    "res_model": case._name,
                    "res_id": case.id,
                }
                for name, content, kind in files
            ]
        )
        self._tell(case, case.env._("Files from the debtor's page."), attachments)

    @api.model
    def _tell(self, case, text, attachments=()):
        """Say in the thread what the debtor did, in his name."""
        ids = [attachment.id for attachment in attachments]
        case._message_log(
            body=text, author_id=case.partner_id.id, attachment_ids=ids or False
        )
