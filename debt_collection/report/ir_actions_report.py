import io
from functools import partial

from lxml import html

from odoo import api, fields, models
from odoo.tools import format_datetime
from odoo.tools.pdf import PdfFileReader, PdfFileWriter, merge_pdf

from odoo.addons.base.models.ir_actions_report import _wkhtml

#: Of the paper's lower end, in mm: what no printer and no post leaves as it is, and
#: above it the foot.
EDGE, FOOT = 7, 6


def made_text(company):
    """When a paper of a company was made, and by whom."""
    env = company.env
    zone = company._debt_zone()
    return env._(
        "%(time)s (%(zone)s) by %(user)s",
        time=format_datetime(env, fields.Datetime.now(), tz=zone),
        zone=zone,
        user=env.user.name,
    )


class IrActionsReport(models.Model):
    """Our papers, the same by each wkhtmltopdf: every page has its foot, no row is cut.

    Debian's has no patched Qt: it knows one document at a time, no header, no footer,
    no row that is kept whole. A paper of ours has an element of the class
    ``o_debt_foot``: what stands at the foot of each of its pages.
    """

    _inherit = "ir.actions.report"

    @api.model
    def _run_wkhtmltopdf(self, bodies, report_ref=False, **kwargs):
        bodies = list(bodies)
        feet = [self._debt_foot(body) for body in bodies]
        patched = _wkhtml().is_patched_qt
        # Several documents at once have Odoo's own footers, each with its numbers.
        if not all(feet) or (patched and len(bodies) > 1):
            return super()._run_wkhtmltopdf(bodies, report_ref=report_ref, **kwargs)
        run = partial(super()._run_wkhtmltopdf, report_ref=report_ref)
        form = self._get_report(report_ref).get_paperformat()
        papers = [
            self._debt_paper(run, body, foot, form, numbered=not patched, **kwargs)
            for body, foot in zip(bodies, feet, strict=True)
        ]
        return papers[0] if len(papers) == 1 else merge_pdf(papers)

    @api.model
    def _debt_foot(self, body):
        """What stands at the foot of each page, empty if the paper is not ours."""
        if "o_debt_foot" not in body:
            return ""
        [*_others, foot] = html.fromstring(body).find_class("o_debt_foot")
        return " ".join(foot.text_content().split())

    @api.model
    def _debt_paper(self, run, body, foot, form, numbered, **kwargs):
        """One document with a foot on each page.

        :param run: makes a PDF of bodies, as `_run_wkhtmltopdf`
        :param str foot: what stands there
        :param form: ``report.paperformat``
        :param bool numbered: number the pages, since wkhtmltopdf has no footers; it
            keeps no row whole then either
        """
        qweb = self.env["ir.qweb"]
        if numbered:
            width = form.print_page_width - form.margin_left - form.margin_right
            rows = qweb._render("debt_collection.paper_rows", {"width": width})
            body = str(body).replace("</head>", f"{rows}</head>", 1)
        paper = run([body], **kwargs)
        pages = PdfFileReader(io.BytesIO(paper), strict=False)
        values = {
            "foot": foot,
            "numbered": numbered,
            "count": pages.getNumPages(),
            # The post keeps the corner for its own mark.
            "aside": form.css_margins or self.env.context.get("debt_by_post"),
        }
        feet = run(
            [qweb._render("debt_collection.paper_feet", values)],
            landscape=kwargs.get("landscape"),
            # What is left of the page is the foot.
            specific_paperformat_args={
                "data-report-margin-top": form.print_page_height - EDGE - FOOT,
                "data-report-margin-bottom": EDGE,
                "data-report-header-spacing": 0,
            },
        )
        return self._debt_laid_on(pages, PdfFileReader(io.BytesIO(feet), strict=False))

    @api.model
    def _debt_laid_on(self, pages, feet):
        """The pages of a document, each with its foot, as bytes."""
        writer = PdfFileWriter()
        for number in range(pages.getNumPages()):
            # First into the writer: newer libraries lay nothing on pages of others.
            writer.addPage(pages.getPage(number))
            writer.getPage(number).mergePage(feet.getPage(number))
        with io.BytesIO() as stream:
            writer.write(stream)
            return stream.getvalue()
