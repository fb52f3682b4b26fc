import json
import logging
import time

from werkzeug.exceptions import RequestEntityTooLarge

from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.http import request

from ..tools import signature

_logger = logging.getLogger(__name__)

KILOBYTE = 1024
MOST_SYNC = 2048 * KILOBYTE
# An hour of a telephone line is 58 MB.
MOST_AUDIO = 64 * 1024 * KILOBYTE
MOST_SECONDS = 24 * 3600
ROUTE = "/debt_collection/dialler/<string:key>"


def _route(path, most):
    return http.route(
        ROUTE + path,
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=most,
    )


class Refused(Exception):
    """A request is not believed, or not for this process any more."""

    def __init__(self, code, status=401):
        super().__init__(code)
        self.code = code
        self.status = status


class Dialler(http.Controller):
    """The only way in for the dialler process. Whoever signs rightly is believed.

    Nothing that tells a debtor or a secret is ever logged here.
    """

    @_route("/sync", MOST_SYNC)
    def sync(self, key):
        """Heartbeat, events, leases."""

        def answer(provider):
            result = provider._dialler_sync(_content())
            if result is None:
                raise Refused("replaced", 409)
            return _json(result)

        return self._answer(key, answer)

    @_route("/dial", KILOBYTE)
    def dial(self, key):
        """Permission to ring a debtor."""

        def answer(provider):
            sent = _content()
            instance = _instance(provider, sent)
            call_id, lease = sent.get("call_id"), sent.get("lease")
            if not (isinstance(call_id, int) and isinstance(lease, str)):
                raise Refused("malformed", 400)
            leases = provider.env["debt.dialler.lease"]
            return _json(leases._permit(instance, call_id, lease))

        return self._answer(key, answer)

    @_route("/incoming", KILOBYTE)
    def incoming(self, key):
        """Somebody rings us: who is it for, and what became of it."""

        def answer(provider):
            sent = _content()
            _instance(provider, sent)
            return _json(provider.env["debt.dialler.incoming"]._hear(provider, sent))

        return self._answer(key, answer)

    @_route("/recording/<int:call_id>", MOST_AUDIO)
    def recording(self, key, call_id):
        """The sound of a call."""

        def answer(provider):
            try:
                facts = json.loads(request.httprequest.headers[signature.RECORDING])
                name, seconds = str(facts["name"])[:200], int(facts["seconds"])
            except (KeyError, TypeError, ValueError, OverflowError) as error:
                raise Refused("malformed", 400) from error
            call = provider.env["debt.call"].search(
                [("id", "=", call_id), ("provider_id", "=", provider.id)]
            )
            call = call or provider.env["debt.dialler.incoming"]._call_of(
                provider, call_id
            )
            if not call:
                raise Refused("unknown_call", 404)
            body = request.httprequest.get_data()
            # No call lasts longer, and no column holds any number.
            seconds = min(max(0, seconds), MOST_SECONDS)
            return _json(_keep_recording(call, name, body, seconds))

        return self._answer(key, answer)

    @_route("/prompt/<int:prompt_id>", KILOBYTE)
    def prompt(self, key, prompt_id):
        """A recorded text."""

        def answer(provider):
            prompts = provider.env["debt.dialler.prompt"]
            prompt = prompts.search([("id", "=", prompt_id)])
            companies = provider.company_id | prompt.company_id
            if not prompt.audio_sha1 or len(companies) > 1:
                raise Refused("unknown_prompt", 404)
            return request.make_response(
                prompt._content(), [("Content-Type", "audio/wav")]
            )

        return self._answer(key, answer)

    def _answer(self, key, answer):
        """Give ``answer(provider)`` to a process that is who it says it is."""
        try:
            return answer(_believed(key))
        except RequestEntityTooLarge:
            return _json({"error": "too_large"}, 413)
        except Refused as refused:
            _logger.info("A request of a dialler is refused: %s", refused.code)
            return _json({"error": refused.code}, refused.status)


def _believed(key):
    """The provider of a signed request, in a superuser's environment.

    :raises Refused: it is not signed by who knows the secret, is old or was seen before
    """
    env = request.env(user=SUPERUSER_ID, su=True)
    provider = env["debt.telephony.provider"]._by_key(key)
    if not provider.dialler_secret:
        raise Refused("unknown_key")
    asked = request.httprequest
    code = signature.refusal(
        provider.dialler_secret, asked.method, _target(), asked.headers, time.time()
    )
    if code:
        raise Refused(code)
    if signature.digest(asked.get_data()) != asked.headers.get(signature.DIGEST):
        raise Refused("bad_signature")
    nonce = asked.headers[signature.NONCE]
    if not env["debt.dialler.nonce"]._use(provider, nonce):
        raise Refused("replayed")
    return provider


def _target():
    """The path that was asked for, with its query: both are signed."""
    asked = request.httprequest
    query = asked.query_string.decode("latin-1")
    return f"{asked.path}?{query}" if query else asked.path


def _instance(provider, sent):
    """The run of the process that asks.

    :raises Refused: a newer one has taken over, or it has not said that it is there
    """
    current = provider.env["debt.dialler.instance"]._current(provider)
    if not current or current.uuid != sent.get("instance"):
        raise Refused("replaced", 409)
    return current


def _content():
    """What was sent, a dict.

    :raises Refused: it is none
    """
    try:
        content = json.loads(request.httprequest.get_data())
    except ValueError as error:
        raise Refused("malformed", 400) from error
    if not isinstance(content, dict):
        raise Refused("malformed", 400)
    return content


def _keep_recording(call, name, body, seconds):
    """Store a recording, unless the debtor's law says no: then it is forgotten."""
    try:
        call._attach_recording(name, body, seconds)
    except UserError:
        return {"ok": False, "error": "not_allowed"}
    return {"ok": True}


def _json(content, status=200):
    return request.make_json_response(content, status=status)
