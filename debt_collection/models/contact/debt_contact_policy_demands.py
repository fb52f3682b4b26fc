from odoo import fields, models


class DebtContactPolicy(models.Model):
    """What a law asks of the words of a message, and of how a refusal is heeded."""

    _inherit = "debt.contact.policy"

    demand_phone = fields.Boolean(
        string="Messages Name a Telephone",
        help="Each message names a telephone number at which the creditor answers; a "
        "link or an address is not enough. Every message names the creditor, a way to "
        "answer and a way to refuse, whatever the law.",
    )
    demand_robot = fields.Boolean(
        string="Robots Say So",
        help="A robot or an artificial voice says at the beginning that it is one.",
    )
    recording_required = fields.Boolean(
        string="Calls Must Be Recorded",
        help="The source wants every call recorded. Switch recording on at your "
        "telephone provider: the addon cannot record where the provider does not.",
    )
    revocation_scope = fields.Selection(
        [("medium", "Only That Medium"), ("all", "Every Medium")],
        string="A Refusal Is About",
        required=True,
        default="medium",
        help="What a debtor refuses who answers a message with “Stop”.",
    )
    revocation_days = fields.Integer(
        string="Working Days to Heed It",
        help="Within so many working days a refusal must be heeded. 0: at once. What "
        "we can read ourselves is heeded at once in any case.",
    )
    revocation_confirmed = fields.Boolean(
        string="One Confirmation",
        help="One message may tell the debtor that the refusal has been noted.",
    )

    def _version_content(self):
        """A version says what was demanded of words as well."""
        names = ("demand_phone", "demand_robot", "recording_required")
        names += ("revocation_scope", "revocation_days", "revocation_confirmed")
        demands = {name: self[name] for name in names if self[name]}
        return super()._version_content() | {"demands": demands}
