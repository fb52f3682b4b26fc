from odoo import api, fields, models
from odoo.exceptions import UserError

#: What a telephone can do at all; each provider says which of these it can.
FEATURES = (
    "dial",
    "hangup",
    "hold",
    "transfer",
    "play",
    "record",
    "status",
    "outcome",
    "inbound",
    "caller_number",
)


class DebtTelephonyProvider(models.Model):
    """Whatever dials: a link for any telephone, or an exchange that tells what it does.

    A glue addon adds its kind to ``kind`` and says in ``_<kind>_features`` what it can;
    for that it writes methods named after it: ``_<kind>_dial(call, phone)``,
    ``_<kind>_hangup(call)`` and so on. What is not among its features is refused.
    """

    _name = "debt.telephony.provider"
    _description = "Telephony Provider"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection([("tel", "Phone Link")], required=True, default="tel")
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    features_html = fields.Html(
        string="What It Can Do", compute="_compute_features", sanitize=False
    )
    can_status = fields.Boolean(compute="_compute_features")

    # --- choice -------------------------------------------------------------------
    @api.model
    def _for_user(self, company=None):
        """The provider the calling user dials with.

        His own, else his company's, else the phone link that comes with the addon.

        :param company: ``res.company`` of the call; the current one when None
        :raises UserError: there is none left
        """
        provider = self._found_for_user(company or self.env.company)
        if not provider:
            raise UserError(
                self.env._(
                    "There is nothing to dial with: set up a telephony provider under "
                    "Configuration."
                )
            )
        return provider

    @api.model
    def _found_for_user(self, company):
        """The same; empty where there is none."""
        # Superuser: settings of the user himself and of the company he calls for.
        mine = self.env.user.sudo().debt_provider_id
        for provider in (mine, company.sudo().debt_provider_id):
            if provider._serves(company):
                return provider.with_env(self.env)
        return self._fallback(company)

    def _serves(self, company):
        """Whether there is one that is in use and may dial for a company."""
        return bool(self) and self.active and (self.company_id or company) == company

    @api.model
    def _fallback(self, company):
        provider = self.env.ref("debt_collection.provider_tel", False)
        if not (provider and provider.sudo()._serves(company)):
            domain = [("kind", "=", "tel"), ("company_id", "in", (company.id, False))]
            provider = self.search(domain, limit=1)
        return provider

    # --- what it can do -----------------------------------------------------------
    def _features(self):
        """Names of FEATURES this provider can do, as a frozenset."""
        self.ensure_one()
        return frozenset(("dial",)) if self.kind == "tel" else frozenset()

    def _can(self, feature):
        return feature in self._features()

    def _check_can(self, feature, features=None):
        """Refuse what it cannot do.

        :param features: what it can do with the call in question, where that is known
        :raises UserError: naming the provider, what it cannot do, and what to do
        """
        self.ensure_one()
        if feature in (self._features() if features is None else features):
            return
        raise UserError(
            self.env._(
                "“%(provider)s” cannot %(feature)s. Do it on the telephone itself, or "
                "choose a telephony provider that can.",
                provider=self.name,
                feature=self._feature_labels()[feature],
            )
        )

    @api.model
    def _feature_labels(self):
        """What each feature is, as words that follow “can”."""
        return {
            "dial": self.env._("dial"),
            "hangup": self.env._("hang up"),
            "hold": self.env._("put on hold"),
            "transfer": self.env._("transfer a call"),
            "play": self.env._("play a recorded text"),
            "record": self.env._("record a call"),
            "status": self.env._("tell whether it works"),
            "outcome": self.env._("confirm whether and when somebody answered"),
            "inbound": self.env._("announce incoming calls"),
            "caller_number": self.env._("show a caller number of choice"),
        }

    @api.depends("kind")
    def _compute_features(self):
        for provider in self:
            able = provider._features() if provider.kind else ()
            provider.can_status = "status" in able
            provider.features_html = self.env["ir.qweb"]._render(
                "debt_collection.provider_features",
                {
                    "features": [
                        (label, feature in able)
                        for feature, label in self._feature_labels().items()
                    ]
                },
            )

    # --- what it does -------------------------------------------------------------
    def _asks_permission(self):
        """Whether the exchange itself asks for permission just before it dials.

        Then the call stays a claim until it does (``debt.call.dial`` is called by the
        glue addon at that moment); else the call is on record before ``_dial``.
        """
        self.ensure_one()
        return False

    def _dial(self, call, phone):
        """Let the telephone dial ``call.number``.

        :param call: ``debt.call``
        :param phone: ``debt.phone``, empty where the number was typed in
        :return: a client action for the browser, or None when it has nothing to do
        """
        self._check_can("dial")
        return self._do_dial(call, phone)

    def _hangup(self, call):
        """End the call on the line; a client action or None, as all below return."""
        self._check_can("hangup")
        return self._do_hangup(call)

    def _hold(self, call):
        self._check_can("hold")
        return self._do_hold(call)

    def _resume(self, call):
        self._check_can("hold")
        return self._do_resume(call)

    def _transfer(self, call, to):
        """:param str to: number or extension"""
        self._check_can("transfer")
        return self._do_transfer(call, to)

    def _play(self, call, prompt):
        """:param prompt: whatever the provider calls a recorded text"""
        self._check_can("play")
        return self._do_play(call, prompt)

    def _record(self, call, start=True):
        self._check_can("record")
        return self._do_record(call, start)

    def _status(self):
        """:return: ``{"state": "up", "down" or "unknown", "message": text}``"""
        self._check_can("status")
        return self._do_status()

    # --- how each kind does it: an addon extends these for the kind it brings ---------
    def _live(self, calls):
        """Hook: those of its calls that the exchange says are alive, ``debt.call``."""
        return calls.browse()

    def _do_dial(self, call, phone):
        """Hook: the browser opens a ``tel:`` link."""
        return self._prepare_dial_action(call)

    def _do_hangup(self, call):
        """Hook, as the following: nothing to do where the provider cannot do it."""

    def _do_hold(self, call):
        pass

    def _do_resume(self, call):
        pass

    def _do_transfer(self, call, to):
        pass

    def _do_play(self, call, prompt):
        pass

    def _do_record(self, call, start=True):
        pass

    def _do_status(self):
        pass

    def _prepare_dial_action(self, call):
        """The client action that lets the browser dial, by the dialer of this kind."""
        return {
            "type": "ir.actions.client",
            "tag": "debt_collection.dial",
            "params": {
                "kind": self.kind,
                "provider_id": self.id,
                "call_id": call.id,
                "number": call.number,
                "extension": call.phone_id.extension or False,
                "partner_id": call.contact_id.id or call.partner_id.id,
            },
        }

    def action_status(self):
        """Ask the exchange, and say what it answered."""
        status = self._status()
        kinds = {"up": "success", "down": "danger"}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kinds.get(status["state"], "warning"),
                "title": self.name,
                "message": status["message"],
            },
        }
