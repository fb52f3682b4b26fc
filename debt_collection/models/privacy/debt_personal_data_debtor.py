from odoo import api, models
from odoo.tools import SQL

from .debt_personal_data import Personal


class DebtPersonalData(models.AbstractModel):
    """What is kept of a debtor beside his cases: it goes when nobody works any."""

    _inherit = "debt.personal.data"

    @api.model
    def _personal_of_debtors(self):
        """Hook: what each model keeps of a debtor as such, `Personal` by model."""
        reasoned = ("|", ("debt_reason", "!=", False), ("debt_former", "!=", False))
        decided = ("debt_reason", "debt_former")
        return {
            "account.move": Personal("commercial_partner_id", decided, (), reasoned),
            "debt.consent": Personal("partner_id", ("note", "evidence_name")),
            "debt.item.decision": Personal("line_id.partner_id", decided, (), reasoned),
            "debt.phone": Personal(
                "partner_id",
                ("number", "extension", "error", "region", "zones", "learned_from"),
                ("raw",),
            ),
            "res.partner": Personal(
                "commercial_partner_id",
                ("debt_protection_note",),
                (),
                (("debt_protection_note", "!=", False),),
            ),
        }

    @api.model
    def _erase_partners(self, partners):
        """Empty what is kept of debtors nobody works: numbers, evidence, reasons.

        :param partners: ``res.partner``, superuser
        :return: dict, how many rows of each model
        """
        cases = self.env["debt.case"].sudo().with_context(active_test=False)
        in_use = ["|", ("closed_at", "=", False), ("legal_hold", "=", True)]
        theirs = [("partner_id", "in", partners.ids)]
        partners -= cases.search([*theirs, *in_use]).partner_id
        found = {
            name: (
                self._records(name, personal.path, partners, personal.only),
                personal,
            )
            for name, personal in self._personal_of_debtors().items()
        }
        consents, _personal = found["debt.consent"]
        consents.evidence = False
        given = consents.filtered(lambda consent: consent.state == "given")
        self.env.flush_all()
        for records, personal in found.values():
            self._blank(records, personal)
        # A refusal keeps its number or address, or nobody could heed it.
        self._blank(given, Personal("", ("address",)))
        self._forget_decisions(partners)
        self.env.invalidate_all()
        phones, _personal = found["debt.phone"]
        phones.active = False
        counts = {name: len(records) for name, (records, _how) in found.items()}
        return {name: count for name, count in counts.items() if count}

    @api.model
    def _forget_decisions(self, partners):
        """What their invoices and entries tell of decisions, old and new."""
        personal = self._personal_of_debtors()
        moves, items = (
            self._records(name, personal[name].path, partners)
            for name in ("account.move", "debt.item.decision")
        )
        self._forget_changes(moves)
        self._forget_notes(moves.ids, moves)
        self._forget_notes([item.line_id.move_id.id for item in items], items)

    @api.model
    def _forget_notes(self, entries, decided):
        """Empty the notes about decisions, and no other message of the entries.

        :param entries: ids of ``account.move``, one for each of these
        :param decided: records of ``debt.decision.mixin``
        """
        if not decided:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE mail_message SET body = ''
                     FROM unnest(%s::integer[], %s::text[]) noted (entry, mark)
                    WHERE model = 'account.move' AND res_id = noted.entry
                      AND strpos(body, noted.mark) > 0""",
                entries,
                [str(one._debt_mark()) for one in decided],
            )
        )

    @api.model
    def _forget_changes(self, moves):
        """The history of an invoice tells why it was excluded, before and after."""
        field = self.env["ir.model.fields"]._get("account.move", "debt_reason")
        if moves:
            self.env.cr.execute(
                SQL(
                    """UPDATE mail_tracking_value value
                          SET old_value_char = NULL, new_value_char = NULL
                         FROM mail_message message
                        WHERE message.id = value.mail_message_id
                          AND message.model = 'account.move' AND message.res_id IN %s
                          AND value.field_id = %s""",
                    moves._ids,
                    field.id,
                )
            )
