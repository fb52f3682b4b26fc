from odoo import http
from odoo.http import request


class RecordingController(http.Controller):
    """The one way to hear a recording: every listening is on record."""

    @http.route(
        "/debt/recording/<int:recording_id>", type="http", auth="user", readonly=False
    )
    def play(self, recording_id):
        recording = request.env["debt.recording"].browse(recording_id).exists()
        if not recording or not recording.has_access("read"):
            return request.not_found()
        # Superuser: the content itself can be read in no other way.
        stored = recording.sudo()
        if not stored.content:
            return request.not_found()
        recording._log_listening()
        stream = request.env["ir.binary"]._get_stream_from(
            stored, "content", filename=stored.name, mimetype=stored.mimetype
        )
        return stream.get_response(as_attachment=False)
