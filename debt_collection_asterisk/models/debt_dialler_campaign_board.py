from datetime import timedelta

from odoo import api, fields, models

from .constants import ABANDONED_WINDOW


class DebtDiallerCampaign(models.Model):
    """What a supervisor sees at a glance."""

    _inherit = "debt.dialler.campaign"

    @api.model
    def board_data(self):
        """The campaigns that are not drafts, as the board shows them.

        :return: ``{"campaigns": […], "now": UTC text}``; times are texts in UTC, shares
            are between 0 and 1 or False where nothing was counted
        """
        self.check_access("write")
        campaigns = self.search([("state", "!=", "draft")])
        return {
            "now": fields.Datetime.to_string(fields.Datetime.now()),
            "campaigns": [campaign._board_row() for campaign in campaigns],
        }

    def _board_row(self):
        now = fields.Datetime.now()
        tomorrow = self.company_id._debt_day_start() + timedelta(days=1)
        cases = self.env["debt.case"]
        due = self._due_domain(now, now)
        states = dict(self._fields["mode"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "mode": states[self._effective_mode()],
            "hint": self.mode_hint or "",
            "dialler": self.provider_id.dialler_state,
            "brake": self.brake_text or "",
            "callers": self._board_callers(),
            "problems": self.provider_id._dialler_problems(),
            "operators": self._board_operators(),
            "lines": self._board_lines(),
            "max_lines": self.max_lines,
            "due": cases.search_count(due),
            "left_today": cases.search_count(self._due_domain(now, tomorrow)),
            "cap": self.abandon_cap,
            "over_cap": self._is_over_cap(),
            **self._board_rates(now),
        }

    def _board_operators(self):
        labels = dict(
            self.operator_ids._fields["state"]._description_selection(self.env)
        )
        shown = self.operator_ids.filtered(lambda one: one.state != "offline")
        return [
            {
                "id": one.id,
                "name": one.user_id.name,
                "state": one.state,
                "label": labels[one.state],
                "since": fields.Datetime.to_string(one.since),
                "debtor": one.call_id.sudo().partner_id.display_name or "",
            }
            for one in shown.sorted(lambda one: (one.state, one.since))
        ]

    def _board_callers(self):
        """The numbers that debtors see, and how they take them."""
        numbers = self.env["debt.caller.number"].search(
            [("company_id", "=", self.company_id.id), ("is_own", "=", True)]
        )
        counts = numbers._count_wear() if numbers else {}
        used = {id_ for id_, (dialled, *_more) in counts.items() if dialled}
        return [
            {
                "id": one.id,
                "number": one.number,
                "label": one.label or "",
                "used_today": one.used_today,
                "answer_rate": one.id in used and one.answer_rate,
                "short_rate": one.id in used and one.short_rate,
                "complaints": one.complaints,
                "rests": one.rests,
            }
            for one in numbers
        ]

    def _board_lines(self):
        """Calls in which nobody talks yet, and those in which somebody does."""
        leases = self.env["debt.dialler.lease"].search(
            [("campaign_id", "=", self.id), ("state", "=", "dialled")]
        )
        # Superuser: how many, of this campaign.
        states = leases.sudo().call_id.mapped("state")
        talking = states.count("talking")
        return {"dialling": len(states) - talking, "talking": talking}

    def _board_rates(self, now):
        day = self.company_id._debt_day_start()
        answered, abandoned = self._abandoned_since(day)
        lately, abandoned_lately = self._abandoned_since(now - ABANDONED_WINDOW)
        dialled = self.env["debt.call"].search_count(
            [("campaign_id", "=", self.id), ("started_at", ">=", day)]
        )
        return {
            "dialled": dialled,
            "answered": answered,
            "answer_rate": _share(answered, dialled),
            "abandoned": abandoned,
            "abandoned_share": _share(abandoned, answered),
            "abandoned_lately": abandoned_lately,
            "abandoned_share_lately": _share(abandoned_lately, lately),
        }


def _share(part, whole):
    """A share between 0 and 1, False of nothing."""
    return part / whole if whole else False
