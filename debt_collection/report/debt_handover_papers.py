from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..tools import package

#: Documents that are made for a package; what was sent to the debtor is there already.
MOST_MADE = 100


class Table(NamedTuple):
    """A table of the package: its title, its heads, its rows, and its file's name."""

    title: str
    heads: list[str]
    rows: list[list]
    name: str = ""


class DebtHandoverPapers(models.AbstractModel):
    """What is handed to a lawyer or agency with a case, as files by their path.

    Everything is about this debtor and this legal entity, since the oldest item of the
    case fell due; what was erased of him is not in it. The index tells somebody who
    knows nothing of Odoo what is what.
    """

    _name = "debt.handover.papers"
    _description = "Documents That Are Handed Over"

    @api.model
    def _files(self, handover):
        """All files of the package.

        :param handover: ``debt.handover`` that the user may hand on
        :return: dict of bytes by path, the index first
        """
        lang = self._lang(handover)
        zone = handover.company_id._debt_zone()
        # Superuser: exactly this debtor's documents; the caller was checked.
        handover = handover.sudo().with_context(lang=lang, tz=zone)
        papers = self.with_env(handover.env)
        cases, told = papers._cases(handover), papers._told(handover)
        tables = papers._named(one for one in papers._tables(cases, told) if one.rows)
        documents, missing = papers._documents(handover, cases, told)
        index = papers._index(handover, cases, told, tables, documents, missing)
        point = self.env["res.lang"]._get_data(code=lang).decimal_point or "."
        return {
            "index.html": index,
            **documents,
            **{
                f"tables/{one.name}.csv": package.table(one.heads, one.rows, point)
                for one in tables
            },
        }

    @api.model
    def _named(self, tables):
        """These tables, each with a name that no other has."""
        found, names = [], []
        for one in tables:
            names.append(package.file_name(one.title, "csv", names))
            found.append(one._replace(name=names[-1].removesuffix(".csv")))
        return found

    @api.model
    def _cases(self, handover):
        """The case, and those before it in which its oldest item was overdue already.

        :return: ``debt.case``
        """
        items = self._lines(handover)
        due = min(filter(None, items.mapped("date_maturity")), default=None)
        cases = self.env["debt.case"].with_context(active_test=False)
        former = cases.search(
            [
                ("partner_id", "=", handover.partner_id.id),
                ("company_id", "=", handover.company_id.id),
                ("closed_at", ">=", due or fields.Datetime.now()),
                ("close_reason", "!=", "merged"),
            ]
        )
        return handover.case_id | former

    @api.model
    def _lang(self, handover):
        """The language of whoever reads it, else the company's."""
        # Superuser: the languages of exactly these two.
        handover = handover.sudo()
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        wanted = (handover.agent_id.lang, handover.company_id.partner_id.lang)
        found = [lang for lang in wanted if lang in installed]
        return found[0] if found else self.env.lang or "en_US"

    @api.model
    def _told(self, handover):
        """What the statement of account tells, in the words of the reader."""
        statements = self.env["report.debt_collection.statement"]
        told = statements._statement(handover.partner_id, handover.company_id)
        return told | {"lang": self.env.lang}

    # --- documents --------------------------------------------------------------------
    @api.model
    def _documents(self, handover, cases, told):
        """Statement, invoices and letters as PDF.

        :return: dict of bytes by path, and the names of documents without a PDF
        """
        found, missing, made = {}, [], 0
        statement = self._pdf("debt_collection.statement", handover.case_id.ids)
        if statement:
            found["statement.pdf"] = statement
        for folder, records, named in (
            ("invoices", self._invoices(handover, told), "name"),
            ("letters", self._letters(cases), "subject"),
        ):
            names = []
            for record in records:
                content = self._kept_document(record)
                if not content and made < MOST_MADE:
                    content, made = self._make_document(record), made + 1
                if not content:
                    missing.append(record[named] or "")
                    continue
                names.append(package.file_name(record[named] or "", "pdf", names))
                found[f"{folder}/{names[-1]}"] = content
        return found, missing

    @api.model
    def _invoices(self, handover, told):
        """What is still open, and what was handed over, whatever became of it."""
        still = [item["move_id"] for one in told["accounts"] for item in one["items"]]
        moves = self.env["account.move"].browse(still) | self._lines(handover).move_id
        return moves.filtered(
            lambda move: (
                move.is_sale_document(include_receipts=True) and move.state == "posted"
            )
        ).sorted(lambda move: (move.invoice_date or move.date, move.id))

    @api.model
    def _lines(self, handover):
        """The items that were handed over, but for what became somebody else's."""
        ledger = self.env["debt.ledger"]
        return handover.line_ids.filtered(lambda line: ledger._is_of(line, handover))

    @api.model
    def _letters(self, cases):
        letters = self._of("debt.message", cases)
        posted = letters.filtered(lambda one: one.kind == "letter" and one.sent_at)
        return posted.sorted("sent_at")

    @api.model
    def _kept_document(self, record):
        """The PDF of an invoice or letter as it was sent, where that was kept."""
        if record._name == "account.move":
            return record.invoice_pdf_report_id.raw
        return record.attachment_id.raw

    @api.model
    def _make_document(self, record):
        """The PDF of an invoice or letter made now."""
        if record._name == "account.move":
            return record._debt_pdf()
        return self._pdf("debt_collection.letter", record.ids)

    @api.model
    def _pdf(self, report, ids):
        """A report as PDF without the debtor's own link, or False."""
        reports = self.env["ir.actions.report"].with_context(debt_kept=True)
        try:
            content, kind = reports._render_qweb_pdf(report, ids)
        except (UserError, ValueError):
            # Without the program that makes PDFs there still are tables and index.
            return False
        return content if kind == "pdf" else False

    # --- tables -----------------------------------------------------------------------
    @api.model
    def _of(self, name, cases, path="case_id"):
        """What a model keeps of these cases, archived or not."""
        return (
            self.env[name]
            .with_context(active_test=False)
            .search([(path, "in", cases.ids)])
        )

    @api.model
    def _tables(self, cases, told):
        """All tables, whether they have rows or not."""
        yield self._items(told)
        yield self._contact_log(cases)
        for name, path, columns in self._kept():
            records = self._of(name, cases, path)
            yield self._table_of(name, records, columns)

    @api.model
    def _kept(self):
        """Hook: what is told of each model: the way to the case, and the columns."""
        return [
            (
                "debt.contact.decision",
                "case_id",
                ["at", "kind", "occasion", "channel", "number", "allowed", "reason"]
                + ["version_ids", "user_id"],
            ),
            (
                "debt.promise",
                "case_id",
                ["made_on", "amount", "currency_id", "date", "amount_paid", "state"]
                + ["ended_reason", "user_id"],
            ),
            (
                "debt.dispute",
                "case_id",
                ["create_date", "move_ids", "reason_code", "reason", "amount_company"]
                + ["company_currency_id", "state", "settled_at", "resolution"],
            ),
            (
                "debt.forbearance",
                "case_id",
                ["offered_on", "kind", "channel", "note", "answer", "answered_on"],
            ),
            (
                "debt.settlement",
                "case_id",
                ["create_date", "owed", "amount", "currency_id", "until"]
                + ["condition", "state"],
            ),
            (
                "debt.recording",
                "case_id",
                ["started_at", "seconds", "user_id", "announced_at", "sha256"]
                + ["keep_until", "deleted_at"],
            ),
            (
                "debt.handover.cost",
                "handover_id.case_id",
                ["day", "name", "amount", "currency_id"],
            ),
        ]

    @api.model
    def _table_of(self, name, records, columns):
        heads = records.fields_get(columns, ["string"])
        return Table(
            self.env["ir.model"]._get(name).name,
            [heads[column]["string"] for column in columns],
            [
                [self._value(one, column) for column in columns]
                for one in records.sorted("id")
            ],
        )

    @api.model
    def _value(self, record, name):
        """A field as it stands in a table: numbers and days as such, times local."""
        field, value = record._fields[name], record[name]
        if name == "number" and self._is_a_strangers(record.call_id):
            return None
        if value is False and field.type != "boolean":
            return None
        match field.type:
            case "datetime":
                return self._local(value)
            case "monetary":
                currency = record[field.get_currency_field(record)]
                return self._amount(value, currency)
            case "many2one" | "many2many" | "one2many":
                return ", ".join(filter(None, value.mapped("display_name")))
            case "selection":
                return dict(field._description_selection(self.env)).get(value, value)
            case "html":
                return html2plaintext(value)
        return value

    @api.model
    def _amount(self, value, currency):
        """An amount with as many decimals as its currency has."""
        return Decimal(f"{value:.{currency.decimal_places}f}")

    @api.model
    def _local(self, value):
        """A time on the clock of the company, without a zone."""
        return fields.Datetime.context_timestamp(self, value).replace(tzinfo=None)

    @api.model
    def _items(self, told):
        """What is open, as in the statement."""
        return Table(
            self.env._("Open Items"),
            [
                self.env._("Document"),
                self.env._("Date"),
                self.env._("Due Date"),
                self.env._("Days Late"),
                self.env._("Original"),
                self.env._("Paid or Credited"),
                self.env._("Remaining"),
                self.env._("Disputed"),
                self.env._("Currency"),
            ],
            [
                [item["name"], item["date"], item["due"] or None, item["days"]]
                + [
                    self._amount(item[key] or 0, account["currency"])
                    for key in ("original", "settled", "left", "disputed")
                ]
                + [account["currency"].name]
                for account in told["accounts"]
                for item in account["items"]
            ],
        )

    # --- the contact log --------------------------------------------------------------
    @api.model
    def _contact_log(self, cases):
        """Every contact, in the order of time: calls, messages, letters, answers."""
        rows = [
            *map(self._call_row, self._of("debt.call", cases)),
            *map(self._message_row, self._of("debt.message", cases)),
            *map(self._reply_row, self._of("debt.reply", cases)),
        ]
        return Table(
            self.env._("Contact Log"),
            [
                self.env._("Time"),
                self.env._("Channel"),
                self.env._("Direction"),
                self.env._("By"),
                self.env._("Number or Address"),
                self.env._("Spoken With"),
                self.env._("Result"),
                self.env._("Seconds"),
                self.env._("Text"),
            ],
            sorted(filter(None, rows), key=lambda row: row[0]),
        )

    @api.model
    def _call_row(self, call):
        if not call.started_at:
            return None
        inbound = call.direction == "inbound"
        party = self._value(call, "party") or ""
        spoken = ", ".join(filter(None, (call.contact_id.name, party)))
        caller = self._value(call, "contact_id") if inbound else call.user_id.name
        strange = self._is_a_strangers(call)
        return [
            self._local(call.started_at),
            self.env._("Call"),
            self._value(call, "direction"),
            None if strange and inbound else caller,
            None if strange else call.number or None,
            (party if strange else spoken) if call.connected else None,
            self._value(call, "outcome_id"),
            call.duration,
            None if strange else call.note or None,
        ]

    @api.model
    def _is_a_strangers(self, call):
        """Whether somebody else answered, whose data is nobody's to hand on."""
        return call.party == "third_party" or call.outcome_id.phone_health == "wrong"

    @api.model
    def _message_row(self, message):
        at = message.sent_at or message.create_date
        return [
            self._local(at),
            self._value(message, "channel"),
            self.env._("Outgoing"),
            message.user_id.name,
            message.address or None,
            None,
            self._value(message, "state"),
            None,
            "\n".join(
                filter(None, (message.subject, html2plaintext(message.body or "")))
            ),
        ]

    @api.model
    def _reply_row(self, reply):
        return [
            self._local(reply.received_at),
            self._value(reply, "channel"),
            self.env._("Incoming"),
            reply.partner_id.name,
            reply.address or None,
            None,
            None,
            None,
            "\n".join(filter(None, (reply.subject, reply.text))),
        ]

    @api.model
    def _address(self, partner):
        """Name and address, without the lines that are empty."""
        lines = partner._display_address().splitlines()
        return "\n".join(filter(None, map(str.strip, lines)))

    # --- the index --------------------------------------------------------------------
    @api.model
    def _index(self, handover, cases, told, tables, documents, missing):
        """The page that says what is what, as bytes; no other file is needed for it."""
        values = {
            "handover": handover,
            "one": told,
            "tables": tables,
            "documents": sorted(documents),
            "missing": missing,
            "zone": handover.company_id._debt_zone(),
            "made": self._local(fields.Datetime.now()),
            "kinds": dict(handover._fields["kind"]._description_selection(self.env)),
            "address": self._address,
            "erased": any(cases.mapped("erased_at")),
        }
        page = self.env["ir.qweb"]._render("debt_collection.handover_index", values)
        return f"<!DOCTYPE html>\n{page}".encode()
