import io
from types import SimpleNamespace
from unittest.mock import patch

from lxml.html import fromstring
from reportlab.pdfgen.canvas import Canvas

from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from odoo.addons.base.models.ir_actions_report import IrActionsReport

from .common import DebtCommon

WKHTML = "odoo.addons.debt_collection.report.ir_actions_report._wkhtml"


def _paper(*pages):
    """A PDF with these words on its pages."""
    stream = io.BytesIO()
    canvas = Canvas(stream)
    for words in pages:
        canvas.drawString(100, 100, words)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestPaper(DebtCommon):
    """What stands on each page of a paper, by whatever wkhtmltopdf it is made."""

    def setUp(self):
        super().setUp()
        self.printed = []

    def _print(self, report, records, patched):
        """The words of each page; every document is three pages long."""
        reports = self.env["ir.actions.report"].with_user(self.manager)

        def run(_self, bodies, **kwargs):
            self.printed.append((list(bodies), kwargs))
            feet = fromstring(bodies[0]).xpath("//body/div[span or not(@class)]")
            if b"o_body_pdf" in str(bodies[0]).encode():
                return _paper(*["page of a document"] * 3 * len(bodies))
            words = (" ".join(foot.text_content().split()) for foot in feet)
            return _paper(*(w.replace(" · ", ", ") for w in words))

        made = SimpleNamespace(is_patched_qt=patched)
        with (
            patch.object(IrActionsReport, "_run_wkhtmltopdf", run),
            patch.object(IrActionsReport, "get_wkhtmltopdf_state", lambda _s: "ok"),
            patch(WKHTML, lambda: made),
        ):
            content, _type = reports.with_context(
                force_report_rendering=True
            )._render_qweb_pdf(report, records.ids)
        pages = PdfFileReader(io.BytesIO(content), strict=False).pages
        return [page.extract_text() for page in pages]

    def _audit(self):
        return (
            self.env["debt.contact.audit"]
            .with_user(self.manager)
            .create({"date_from": "2026-03-01", "date_to": "2026-03-31"})
        )

    def test_each_page_has_its_number_and_says_who_made_it(self):
        pages = self._print(
            "debt_collection.report_contact_audit", self._audit(), False
        )
        self.assertEqual(len(pages), 3)
        for number, page in enumerate(pages, 1):
            self.assertIn("page of a document", page)
            self.assertIn(f"{number} / 3", page)
            self.assertIn("Made on 03/10/2026", page)
            self.assertIn(f"by {self.manager.name}", page)
        self.assertIn("o_debt_rows", self.printed[0][0][0], "no row is cut")

    def test_no_number_stands_there_twice(self):
        """A wkhtmltopdf that can prints Odoo's own footers, and keeps rows whole."""
        pages = self._print("debt_collection.report_contact_audit", self._audit(), True)
        for page in pages:
            self.assertNotIn("/ 3", page)
            self.assertIn(f"by {self.manager.name}", page)
        self.assertNotIn("o_debt_rows", self.printed[0][0][0])

    def test_each_debtors_statement_is_numbered_by_itself(self):
        other = self._new_debtor("Debtor Two", "+32 470 12 34 57")
        for debtor in (self.debtor, other):
            self._invoice(100, 10, partner=debtor)
        cases = self._case() | self._case(other)
        pages = self._print("debt_collection.statement", cases, False)
        self.assertEqual(len(pages), 6)
        for number, page in enumerate(pages):
            self.assertIn(f"{number % 3 + 1} / 3", page)
            self.assertIn("Debtor One" if number < 3 else "Debtor Two", page)
        self.printed.clear()
        self._print("debt_collection.statement", cases, True)
        self.assertEqual(len(self.printed), 1, "all at once, with Odoo's footers")

    def test_others_papers_are_left_alone(self):
        invoice = self._invoice(100, 10)
        pages = self._print("account.report_invoice", invoice, False)
        self.assertEqual(len(self.printed), 1)
        self.assertNotIn("/ 3", pages[0])
