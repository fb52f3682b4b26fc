from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

#: A callback is announced when it falls due; what was missed for longer is no news.
NEWS = timedelta(hours=1)


class DebtCase(models.Model):
    _inherit = "debt.case"

    callback_told_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="The callback whose operator has been told that it is due.",
    )


class DebtQueue(models.AbstractModel):
    """What an operator is told of his day as it goes on."""

    _inherit = "debt.queue"

    @api.model
    def my_day(self):
        """What the user's day shows above his calls.

        :return: dict of ``done``, what he did since the company's day began, in words,
            and ``unowned``, see `_count_without_operator`
        :raises AccessError: the user may not read cases
        """
        self.env["debt.case"].check_access("read")
        mine = Domain("user_id", "=", self.env.uid)
        mine &= Domain("started_at", ">=", self.env.company._debt_day_start())
        mine &= Domain("company_id", "in", self.env.companies.ids)
        calls, promises = self.env["debt.call"], self.env["debt.promise"]
        counts = calls._read_group(mine, ["party"], ["__count"])
        # Superuser: what he was promised himself, whoever's the case is by now.
        promised = promises.sudo()._read_group(
            Domain("call_id", "any", mine) & Domain("state", "!=", "cancelled"),
            ["currency_id"],
            ["call_id:count_distinct", "amount:sum"],
        )
        amounts = [currency.format(amount) for currency, _n, amount in promised]
        parts = [
            self.env._("Calls today: %(n)s", n=sum(count for _party, count in counts)),
            self.env._("Right party: %(n)s", n=dict(counts).get("right_party", 0)),
            self.env._("Promises: %(n)s", n=sum(count for _c, count, _a in promised)),
        ]
        return {
            "done": " · ".join(parts + [", ".join(amounts)] * bool(amounts)),
            "unowned": self._count_without_operator(),
        }

    @api.model
    def _cron_tell_callbacks(self):
        """Tell operators of the callbacks that have just fallen due."""
        now = fields.Datetime.now()
        # Superuser: a scheduled action, for all companies.
        cases = self.env["debt.case"].sudo()
        due = cases.search(
            [
                ("callback_at", "<=", now),
                ("callback_at", ">", now - NEWS),
                ("closed_at", "=", False),
                ("user_id", "!=", False),
            ]
        ).filtered(lambda case: case.callback_told_at != case.callback_at)
        for case in due:
            case.callback_told_at = case.callback_at
            self._tell_callback(case)

    @api.model
    def _tell_callback(self, case):
        user = case.user_id
        texts = self.with_context(lang=user.lang).env
        at = format_datetime(texts, case.callback_at, tz=user.tz, dt_format="HH:mm")
        user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "title": texts._("Callback due"),
                "message": texts._(
                    "%(debtor)s asked to be called at %(time)s your time.",
                    debtor=case.partner_id.display_name,
                    time=at,
                ),
            },
        )


class DebtCall(models.Model):
    """Calls that went wrong otherwise than by the debtor's doing."""

    _inherit = "debt.call"

    def _take_back_call(self):
        """The caller is somebody else: this debtor was picked by mistake.

        The call is taken out of his history, for it was none with him.

        :return: the action of the search for who is calling, with the number in it
        :raises UserError: it is no incoming call, or is over
        """
        self.ensure_one()
        self._check_owner()
        if self.direction != "inbound" or self.state == "done" or self.external_id:
            raise UserError(
                self.env._("Only an incoming call that is not logged is taken back.")
            )
        number, case, rung = self.number, self.case_id, self.our_number
        # Superuser: as a claim that nobody dialled from it is given back.
        self.sudo().write({"state": "draft", "started_at": False, "answered_at": False})
        self._release()
        case._message_log(
            body=self.env._(
                "A call from %(number)s was picked for this debtor by mistake by "
                "%(operator)s, and taken back.",
                number=number or self.env._("an unknown number"),
                operator=self.env.user.name,
            )
        )
        return self._prepare_search(number, rung)

    def _prepare_search(self, number, rung):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_call_inbound_action"
        )
        context = {"default_query": number or False}
        if rung:
            context["default_our_number"] = rung
        return action | {"context": context}

    def _report_trouble(self, what=None):
        """The line does not work: tell the managers, whoever of them is there.

        :param str what: what is wrong, in the operator's words
        :return: a client action that says who has been told
        """
        self.ensure_one()
        self._check_owner()
        text = self.env._(
            "%(operator)s has trouble with the line: %(what)s",
            operator=self.env.user.name,
            what=what if isinstance(what, str) and what else self.env._("no details"),
        )
        managers = self._managers_to_tell()
        for manager in managers:
            manager._bus_send(
                "simple_notification",
                {"type": "danger", "sticky": True, "message": text},
            )
        if managers:
            # So that it is not lost when nobody looks.
            self.case_id.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Trouble with the line"),
                note=text,
                user_id=managers[0].id,
                date_deadline=self.company_id._debt_today(),
            )
        names = ", ".join(managers.mapped("name"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if managers else "warning",
                "message": self.env._("Told: %(names)s.", names=names)
                if managers
                else self.env._("There is no manager who could be told."),
            },
        }

    def _managers_to_tell(self):
        group = self.env.ref("debt_collection.group_debt_manager")
        # Superuser: an operator need not see who has which role.
        users = group.sudo().all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        return users.sorted(lambda user: (user.has_group("base.group_system"), user.id))
