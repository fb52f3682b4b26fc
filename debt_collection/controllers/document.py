from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request


def shown(move):
    """The response that shows a document; whoever asks has been checked.

    :param move: ``account.move``
    """
    if content := move._debt_pdf():
        return shown_pdf(content)
    # Without the program that makes PDFs, the same page as the browser shows it.
    html, _kind = (
        request.env["ir.actions.report"]
        .sudo()
        ._render_qweb_html("account.account_invoices", move.ids)
    )
    return request.make_response(html)


def shown_pdf(content):
    headers = [
        ("Content-Type", "application/pdf"),
        ("Content-Length", str(len(content))),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return request.make_response(content, headers=headers)


class DocumentController(http.Controller):
    """An invoice as PDF for the operator who has its debtor on the line."""

    @http.route("/debt_collection/document/<int:item_id>", type="http", auth="user")
    def show(self, item_id):
        item = request.env["debt.call.wizard.item"].browse(item_id).exists()
        try:
            move = item._document()
        except AccessError:
            return request.not_found()
        if not move:
            return request.not_found()
        return shown(move)
