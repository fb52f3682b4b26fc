from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.strictness import Standing, weaker

#: In the context while a policy is written as a whole. No client can send this object.
AS_A_WHOLE = object()
#: And while the version is kept that tells of it.
EASED = object()
RECORDING = {"announce": 1, "consent": 2}


class DebtContactPolicy(models.Model):
    """A law is made weaker with a reason, as a new version, and never silently."""

    _inherit = "debt.contact.policy"

    change_reason = fields.Char(
        string="Reason for Easing It",
        store=False,
        help="Required when a change allows what was forbidden before. It stays on "
        "record with your name.",
    )
    eased_text = fields.Text(string="Eased", compute="_compute_eased_text")

    @api.depends("version_ids.eased_reason")
    @api.depends_context("lang", "tz")
    def _compute_eased_text(self):
        """Who made it weaker last, when, how and why."""
        for policy in self:
            # Superuser: whoever reads a policy may know what became of it.
            versions = policy.sudo().version_ids
            last = versions.filtered("eased_reason").sorted("id")[-1:]
            policy.eased_text = last._eased_text() if last else False

    # --- whatever changes a policy ----------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: it replaces a stricter policy, and no reason is given"""
        whole = self.with_context(debt_policy=AS_A_WHOLE)
        policies = super(DebtContactPolicy, whole).create(vals_list)
        policies = policies.with_env(self.env)
        for policy, vals in zip(policies, vals_list, strict=True):
            if policy._is_watched() and policy.adapted_from_id:
                before = policy.adapted_from_id._standing()
                policy._justify(before, vals.get("change_reason"))
        return policies

    def write(self, vals):
        """:raises UserError: it becomes weaker, and no reason is given"""
        with self._watched(vals.get("change_reason"), vals.get("adapted_from_id")):
            whole = self.with_context(debt_policy=AS_A_WHOLE)
            return super(DebtContactPolicy, whole).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        """:raises UserError: somebody was contacted under it, or it is a law"""
        for policy in self if self._is_watched() else ():
            if policy.sudo().version_ids or policy.country_ids:
                raise UserError(
                    self.env._(
                        "“%(policy)s” is a law, or somebody was contacted under it: "
                        "archive it, with a reason, rather than delete it.",
                        policy=policy.name,
                    )
                )

    def _is_watched(self):
        """Whether a person changes it. Data of an addon come as superuser."""
        return not self.env.su and self.env.context.get("debt_policy") is not AS_A_WHOLE

    @contextmanager
    def _watched(self, reason=None, replaced=None):
        """Let the policies be changed, and ask why where they become weaker.

        :param str reason: why, if anybody said so
        :param int replaced: id of the policy that they replace from now on
        :raises UserError: they became weaker, and no reason is given
        """
        if not self._is_watched():
            yield
            return
        before = {policy: policy._standing() for policy in self}
        yield
        self.env.flush_all()
        for policy, standing in before.items():
            policy._justify(standing, reason)
            if replaced and policy.adapted_from_id:
                policy._justify(policy.adapted_from_id._standing(), reason)

    def _standing(self):
        """The policy and all that it asks for, to compare: a `strictness.Standing`."""
        self.ensure_one()
        asked = {name for name in self._demand_names() if self[name]}
        if self.revocation_scope == "all":
            asked.add("revocation_scope")
        return Standing(
            law=self._to_law(),
            active=self.active,
            recording=RECORDING.get(self.recording, 0),
            demands=frozenset(asked),
            heeded_within=self.revocation_days,
        )

    @api.model
    def _demand_names(self):
        """Hook: the fields of what a policy asks for, or not."""
        texts = ("disclosure", "languages")
        return ("demand_phone", "demand_robot", "recording_required", *texts)

    def _justify(self, before, reason):
        """Keep a weaker policy as a version of its own.

        :param Standing before: what it is measured by
        :raises UserError: no reason is given
        """
        self.ensure_one()
        # Without what stands in for it, the original holds again.
        original = not self.active and self.adapted_from_id
        found = weaker(before, (original or self)._standing())
        if not found:
            return
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._(
                    "“%(policy)s” would allow what it forbade before (%(what)s). Say "
                    "why in “Reason for Easing It”: it stays on record with your name.",
                    policy=self.name,
                    what=self._eased_what(found),
                )
            )
        # Superuser: the author is kept, and nobody writes versions by hand.
        version = self.sudo().with_context(debt_policy=EASED)._keep_version()
        version.write({"eased_reason": reason, "eased_what": ",".join(found)})
        self.env.registry.clear_cache()

    @api.model
    def _eased_what(self, codes):
        names = {
            "callback": self.env._("callbacks beyond limits"),
            "consents": self.env._("consents"),
            "demands": self.env._("demands on messages and recordings"),
            "force": self.env._("when it is in force"),
            "hours": self.env._("hours"),
            "limits": self.env._("limits"),
            "scope": self.env._("whom it protects"),
        }
        return ", ".join(names[code] for code in codes)

    def _version_content(self):
        """Going back to what was eased once before is a version of its own."""
        # Superuser: the same for everybody.
        eased = (
            self.env["debt.contact.policy.version"]
            .sudo()
            .search_count([("policy_id", "=", self.id), ("eased_reason", "!=", False)])
        )
        eased += self.env.context.get("debt_policy") is EASED
        return super()._version_content() | ({"eased": eased} if eased else {})


class DebtContactPolicyVersion(models.Model):
    _inherit = "debt.contact.policy.version"

    eased_reason = fields.Char(
        string="Reason", readonly=True, help="Why the policy was made weaker."
    )
    eased_what = fields.Char(readonly=True)
    author_id = fields.Many2one(
        "res.users", string="Eased By", compute="_compute_author_id"
    )

    @api.depends("eased_reason")
    def _compute_author_id(self):
        for version in self:
            version.author_id = version.eased_reason and version.create_uid

    def _eased_text(self):
        self.ensure_one()
        day = fields.Datetime.context_timestamp(self, self.create_date).date()
        return self.env._(
            "Made weaker on %(date)s by %(author)s (%(what)s): %(reason)s",
            date=format_date(self.env, day),
            author=self.create_uid.name,
            what=self.policy_id._eased_what(self.eased_what.split(",")),
            reason=self.eased_reason,
        )
