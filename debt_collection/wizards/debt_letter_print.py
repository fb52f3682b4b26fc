from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import html2plaintext


class DebtLetterPrint(models.TransientModel):
    """Demand letters to one debtor or many: looked at, printed, and on record."""

    _name = "debt.letter.print"
    _description = "Demand Letters"

    line_ids = fields.One2many("debt.letter.print.line", "print_id")
    permitted_count = fields.Integer(compute="_compute_permitted_count")
    can_post = fields.Boolean(compute="_compute_can_post")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        if "line_ids" in names:
            cases = self._chosen_cases()
            levels = self.env["debt.letter.level"]._propose(cases)
            values["line_ids"] = [
                Command.create({"case_id": case.id, "level_id": levels[case].id})
                for case in cases
            ]
        return values

    @api.model
    def _chosen_cases(self):
        """The open cases that were chosen, or those of the contacts that were.

        :raises UserError: there is none
        """
        model = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        cases = self.env["debt.case"]
        if model == "res.partner":
            partners = self.env["res.partner"].browse(ids)
            partners.check_access("read")
            debtors = partners.commercial_partner_id
            cases = cases.search(
                [("partner_id", "in", debtors.ids), ("closed_at", "=", False)]
            )
        elif model == "debt.case":
            cases = cases.browse(ids)
            cases.check_access("read")
        cases = cases.filtered(lambda case: not case.closed_at)
        if not cases:
            raise UserError(
                self.env._(
                    "None of them is in collection: there is nobody to write to."
                )
            )
        return cases

    @api.depends("line_ids.permitted")
    def _compute_permitted_count(self):
        for one in self:
            one.permitted_count = len(one.line_ids.filtered("permitted"))

    @api.depends("line_ids")
    def _compute_can_post(self):
        self.can_post = self.env["debt.message"]._has_post()

    @api.depends("line_ids.level_id")
    @api.depends_context("uid")
    def _compute_preview(self):
        """The first letter as it would be posted."""
        for one in self:
            line = one.line_ids.filtered("permitted")[:1]
            one.preview = line and line._text()[1]

    def action_print(self):
        """Record the letters that are permitted, and print them."""
        letters, refused = self._make()
        report = self.env.ref("debt_collection.debt_letter_action_report")
        action = report.report_action(letters) | {"close_on_report_download": True}
        return self._tell_refused(refused, action)

    def action_post(self):
        """Record the letters that are permitted, and hand them to Odoo's post."""
        letters, refused = self._make()
        letters._hand_to_post()
        return self._tell_refused(refused, {"type": "ir.actions.act_window_close"})

    def _make(self):
        """Record the letters; what one has used up does not lose the others.

        :return: ``debt.message``, the letters, and why others were refused, as texts
        :raises UserError: none is permitted
        """
        self.ensure_one()
        lines = self.line_ids.filtered("permitted")
        if not lines:
            raise UserError(
                self.env._("None of these letters may be sent: the list says why.")
            )
        letters, refused = self.env["debt.message"], []
        for line in lines:
            try:
                with self.env.cr.savepoint():
                    letters |= line._make().sudo(False)
            except AccessError:
                raise
            except UserError as error:
                if len(lines) == 1:
                    raise
                refused.append(f"{line.case_id.display_name}: {error}")
        if not letters:
            raise UserError("\n".join(refused))
        return letters, refused

    @api.model
    def _tell_refused(self, refused, action):
        """Say which letters were refused after all, then go on with an action."""
        if not refused:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": "\n".join(refused),
                "sticky": True,
                "next": action,
            },
        }


class DebtLetterPrintLine(models.TransientModel):
    """One letter of a batch: to whom, how strict, and whether it may go."""

    _name = "debt.letter.print.line"
    _description = "Demand Letter"

    print_id = fields.Many2one("debt.letter.print", required=True, ondelete="cascade")
    case_id = fields.Many2one("debt.case", required=True, string="Debtor")
    level_id = fields.Many2one("debt.letter.level")
    currency_id = fields.Many2one("res.currency", compute="_compute_answer")
    amount = fields.Monetary(compute="_compute_answer")
    days = fields.Integer("Days Late", compute="_compute_answer")
    address = fields.Char(compute="_compute_answer")
    permitted = fields.Boolean(compute="_compute_answer")
    answer = fields.Char("Why Not", compute="_compute_answer")

    @api.depends("case_id", "level_id")
    @api.depends_context("uid", "lang")
    def _compute_answer(self):
        cases, messages = self.case_id._origin, self.env["debt.message"]
        cases.check_access("read")
        now = fields.Datetime.now()
        asked = {
            case: (answer, facts)
            for case, answer, facts in (
                self.env["debt.queue"]._ask_at_once(cases, "letter", now)
                if cases
                else ()
            )
        }
        for line in self:
            case = line.case_id
            if not case:
                line.currency_id = line.amount = line.days = line.address = False
                line.answer, line.permitted = self.env._("Choose a debtor."), False
                continue
            line.currency_id = case.currency_id
            line.amount, line.days = case.amount_overdue, case.days_past_due
            line.address = messages._postal_address(case)
            line.answer = line._why_not(now, *asked[case._origin])
            line.permitted = not line.answer

    def _why_not(self, now, answer, facts):
        """Why this letter may not go now, False where it may.

        :param datetime now: naive UTC
        :param answer: the gate's, about a letter now
        :param facts: what it knew of the debtor
        """
        case = self.case_id
        if not self.level_id:
            return self.env._("No letter is due yet: choose one, or wait.")
        # Superuser: exactly this debtor's address.
        debtor = case.partner_id.sudo()
        if not (debtor.city and (debtor.street or debtor.zip)):
            return self.env._("The debtor's address is not complete.")
        if answer.allowed:
            return False
        return case._contact_message(answer, now, facts)

    def _text(self):
        self.ensure_one()
        letters = self.env["report.debt_collection.letter"]
        return letters._text(self.case_id, self.level_id)

    def _make(self):
        """Put the letter on record, as it is posted; see `_record_in_person`."""
        self.ensure_one()
        title, body, lang = self._text()
        messages = self.env["debt.message"]
        messages._check_by_hand(self.case_id, "letter", html2plaintext(body))
        letter = messages._record_in_person(
            self.case_id,
            "letter",
            self.level_id.name,
            kind="letter",
            letter_level_id=self.level_id.id,
            subject=title,
            body=body,
            lang=lang,
        )
        self.env["debt.suspension"]._announced_by(letter)
        return letter
