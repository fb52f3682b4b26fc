from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime

from ..report.ir_actions_report import made_text

STOPPED = ("do_not_call", "represented", "bankrupt")


class DebtContactAudit(models.TransientModel):
    """What the document of an audit says, section by section."""

    _inherit = "debt.contact.audit"

    def _rows(self):
        return self.env["debt.contact.audit.report"]

    def _labels(self, model, field):
        return dict(self.env[model]._fields[field]._description_selection(self.env))

    def _made_text(self):
        """When the document was made, and by whom."""
        return made_text(self.company_id)

    def _totals_section(self):
        """Contacts, refusals, exceptions and contacts without a decision."""
        names = ("contacts", "refusals", "exceptions", "undecided")
        sums = [f"{name}:sum" for name in names]
        [found] = self._rows()._read_group(self._get_contacts_domain(), [], sums)
        return {name: number or 0 for name, number in zip(names, found, strict=True)}

    def _contacts_section(self):
        """Contacts by the debtor's hour and by channel.

        :return: dict with ``channels`` (labels) and ``rows``: hour, counts, total
        """
        found = {
            (hour, channel): count
            for hour, channel, count in self._rows()._read_group(
                self._get_contacts_domain() & Domain("kind", "=", "contact"),
                ["hour", "channel"],
                ["contacts:sum"],
            )
        }
        labels = self._labels("debt.contact.decision", "channel")
        used = [code for code in labels if any(code == key[1] for key in found)]
        hours = {hour for hour, _ in found}
        hours = sorted(hours, key=lambda hour: (hour is False, hour))
        rows = []
        for hour in hours:
            counts = [found.get((hour, channel), 0) for channel in used]
            text = self.env._("unknown") if hour is False else f"{hour}:00–{hour}:59"
            rows.append((text, counts, sum(counts)))
        return {"channels": [labels[code] for code in used], "rows": rows}

    def _limits_section(self):
        """The most that was used up of each limit before a contact that was made.

        :return: list of dicts: ``policy``, ``limit``, ``contacts``, ``used``,
            ``maximum``
        """
        contacts = self._get_contacts_domain() & Domain("kind", "=", "contact")
        decisions = self.env["debt.contact.decision"]._search(contacts)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT (r->>'version')::int AS version,
                       (r->>'limit')::int AS number,
                       count(*), max((r->>'used')::int), max((r->>'maximum')::int)
                  FROM debt_contact_decision d,
                       jsonb_array_elements(d.readings) r
                 WHERE d.id IN %s AND jsonb_typeof(d.readings) = 'array'
                 GROUP BY 1, 2
                 ORDER BY 1, 2
                """,
                decisions.subselect(),
            )
        )
        versions = self.env["debt.contact.policy.version"]
        found = []
        for version_id, number, count, used, maximum in rows:
            # Superuser: the versions by which this company's contacts were decided.
            version = versions.sudo().browse(version_id)
            found.append(
                {
                    "policy": version.display_name,
                    "limit": version._limit_text(version._to_pure().limits[number]),
                    "contacts": count,
                    "used": used,
                    "maximum": maximum,
                }
            )
        return found

    def _policies_section(self):
        """The versions of the policies that held, with all they said."""
        decisions = self.env["debt.contact.decision"].search(
            self._get_contacts_domain()
        )
        return decisions.sudo().version_ids.sorted(lambda one: (one.name, one.number))

    def _refusals_section(self):
        """Plans that the rules changed, as triples: reason, when decided, how many."""
        reasons = self._labels("debt.contact.decision", "reason")
        occasions = self._labels("debt.contact.decision", "occasion")
        found = self.env["debt.contact.decision"]._read_group(
            self._get_contacts_domain() & Domain("kind", "=", "refusal"),
            ["reason", "occasion"],
            ["__count"],
            order="__count DESC",
        )
        return [
            (reasons.get(reason, ""), occasions.get(occasion, ""), count)
            for reason, occasion, count in found
        ]

    def _exceptions_section(self):
        return self.env["debt.contact.exception"].search(
            self._get_contacts_domain(), order="at, id"
        )

    def _numbers_section(self):
        """How many calls to how many numbers; the list itself where it is wanted."""
        found = self._rows()._read_group(
            self._get_contacts_domain()
            & Domain("kind", "=", "contact")
            & Domain("channel", "in", ("call", "robot_call", "voice_message")),
            ["number"],
            ["contacts:sum"],
            order="number",
        )
        return {
            "calls": sum(count for _, count in found),
            "numbers": sum(bool(number) for number, _ in found),
            "lines": found if self.with_numbers else [],
        }

    def _consents_section(self):
        """What debtors permitted or refused, as pairs of text and number."""
        start, end = self._period()
        # Superuser: numbers only come out, all about debtors of this company.
        sudo = self.sudo().env
        ours = Domain("company_id", "=", self.company_id.id)
        cases = sudo["debt.case"].search(ours & Domain("closed_at", "=", False))
        refused = cases.partner_id.filtered("debt_do_not_call")
        numbers = sudo["debt.phone"].search_count(
            [
                ("partner_id", "in", cases.partner_id.ids),
                ("health", "=", "do_not_call"),
            ]
        )
        told = sudo["debt.call"].search_count(
            ours
            & Domain("started_at", ">=", start)
            & Domain("started_at", "<", end)
            & Domain("outcome_id.code", "in", STOPPED)
        )
        return [
            (self.env._("Debtors who refuse calls, today"), len(refused)),
            (self.env._("Numbers not to be called, today"), numbers),
            (
                self.env._("Cases with the legal department, today"),
                len(cases.filtered(lambda case: case.state == "legal")),
            ),
            (
                self.env._(
                    "Calls of the period in which the debtor refused calls, named a "
                    "representative or told of an insolvency"
                ),
                told,
            ),
        ]

    def _words_section(self):
        """What debtors permitted and refused in the period, one by one.

        :return: list of dicts: ``day``, ``debtor``, ``channel``, ``state``,
            ``address``, ``how`` and ``proof``, as texts
        """
        # Whether there is a document is asked, not what is in it.
        consents = self.env["debt.consent"].with_context(bin_size=True)
        words = consents.search(
            [
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date_to),
            ],
            order="date, id",
        )
        labels = {
            field: self._labels("debt.consent", field)
            for field in ("channel", "state", "how")
        }
        return [
            {
                "day": format_date(self.env, word.date),
                # Superuser: the names of exactly these debtors.
                "debtor": word.partner_id.sudo().display_name,
                "address": word.address or "",
                "proof": self._proof_text(word),
                **{field: texts[word[field]] for field, texts in labels.items()},
            }
            for word in words
        ]

    def _proof_text(self, word):
        """How it can be shown that the debtor said so."""
        # Superuser: when exactly this call was.
        call = word.call_id.sudo()
        zone = self.company_id._debt_zone()
        called = call.started_at and self.env._(
            "Call of %(time)s", time=format_datetime(self.env, call.started_at, tz=zone)
        )
        until = word.valid_until and self.env._(
            "Holds until %(day)s", day=format_date(self.env, word.valid_until)
        )
        document = word.evidence and (word.evidence_name or self.env._("Document"))
        recorder = self.env._(
            # Superuser: the name of whoever recorded it.
            "Recorded by %(user)s",
            user=word.user_id.sudo().name,
        )
        parts = (called, document, word.note, until, recorder)
        return ". ".join(part.strip(". ") for part in parts if part)

    def _printed_at(self):
        return fields.Datetime.now()
