from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request


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
        if content := move._debt_pdf():
            headers = [
                ("Content-Type", "application/pdf"),
                ("Content-Length", str(len(content))),
                ("X-Content-Type-Options", "nosniff"),
            ]
            return request.make_response(content, headers=headers)
        # Without the program that makes PDFs, the same page as the browser shows it.
        html, _kind = (
            request.env["ir.actions.report"]
            .sudo()
            ._render_qweb_html("account.account_invoices", move.ids)
        )
        return request.make_response(html)
