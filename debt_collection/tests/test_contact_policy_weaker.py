from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestPolicyWeaker(DebtCommon):
    """A law that is made weaker asks why, and says for ever who did it."""

    def setUp(self):
        super().setUp()
        law = self.env.ref("debt_collection.policy_business")
        policies = law.with_user(self.manager)
        self.policy = policies.browse(policies.action_adapt()["res_id"])
        self.limit = self.policy.limit_ids[0]

    def _loosen(self, reason=None, maximum=50):
        line = Command.update(self.limit.id, {"maximum": maximum})
        vals = {"limit_ids": [line]}
        self.policy.write(vals | ({"change_reason": reason} if reason else {}))

    def test_from_one_call_to_fifty(self):
        """What a manager saved without a trace before."""
        for reason in (None, "   "):
            text = "limits.*Reason for Easing It"
            with self.assertRaisesRegex(UserError, text), self.env.cr.savepoint():
                self._loosen(reason)
            self.env.invalidate_all()
        self._loosen("Counsel agrees")
        version = self.policy.version_ids[:1]
        self.assertEqual(
            (version.eased_reason, version.author_id, version.eased_what),
            ("Counsel agrees", self.manager, "limits"),
        )
        self.assertIn("50", version.text)
        self.assertIn("Counsel agrees", self.policy.eased_text)
        self.assertIn(
            self.manager.name, self.policy.with_user(self.operator).eased_text
        )

    def test_the_form_asks(self):
        view = "debt_collection.debt_contact_policy_view_form"
        form = Form(self.policy, view=view)
        with form.limit_ids.edit(0) as line:
            line.maximum = 50
        with self.assertRaises(UserError), self.env.cr.savepoint():
            form.save()
        self.env.invalidate_all()
        with Form(self.policy, view=view) as form:
            with form.limit_ids.edit(0) as line:
                line.maximum = 50
            form.change_reason = "Counsel agrees"
        self.assertEqual(self.limit.maximum, 50)
        self.assertFalse(self.policy.change_reason)

    def test_stricter_asks_nothing(self):
        before = len(self.policy.version_ids)
        self.limit.maximum = 1
        self.policy.window_ids[0].hour_to -= 1
        self.policy.name = "Ours"
        self.assertEqual(len(self.policy.version_ids), before)
        self.assertFalse(self.policy.eased_text)

    def test_a_line_alone_is_no_way_round(self):
        window = self.policy.window_ids[0]
        for change in (
            lambda: self.limit.write({"maximum": 50}),
            lambda: self.limit.unlink(),
            lambda: window.write({"hour_to": 23}),
            lambda: window.copy({"saturday": True, "sunday": True}),
            lambda: self.limit.with_context(debt_policy=True).write({"maximum": 50}),
            lambda: self.policy.write({"applies_to": "person"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
            self.env.invalidate_all()

    def test_a_weak_policy_in_the_place_of_a_law(self):
        law = self.env.ref("debt_collection.policy_business")
        always = {"hour_from": 0, "hour_to": 24, "saturday": True, "sunday": True}
        vals = {
            "name": "Ours",
            "adapted_from_id": law.id,
            "company_id": self.company.id,
            "window_ids": [Command.create(always)],
        }
        policies = self.env["debt.contact.policy"].with_user(self.manager)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            policies.create(vals)
        free = {key: value for key, value in vals.items() if key != "adapted_from_id"}
        other = policies.create(free)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            other.adapted_from_id = law
        self.env.invalidate_all()
        made = policies.create(vals | {"change_reason": "We ring at night"})
        self.assertIn("We ring at night", made.eased_text)

    def test_easing_back_and_forth_is_told_each_time(self):
        for number in range(2):
            self._loosen(f"Reason {number}")
            self.limit.maximum = 1
        reasons = self.policy.version_ids.filtered("eased_reason")
        self.assertEqual(reasons.mapped("eased_reason"), ["Reason 1", "Reason 0"])

    def test_the_next_decision_knows_the_version(self):
        self._loosen("Counsel agrees")
        version = self.policy.version_ids[:1]
        self.assertEqual(self.policy._versions()[self.policy.id], version)

    def test_a_law_is_archived_rather_than_deleted(self):
        self.policy._versions()
        with self.assertRaisesRegex(UserError, "archive it"):
            self.policy.unlink()
        self.policy.adapted_from_id = False
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.policy.action_archive()
        self.env.invalidate_all()
        self.policy.write({"active": False, "change_reason": "Repealed"})
        self.assertIn("Repealed", self.policy.eased_text)

    def test_without_what_stands_in_for_it_the_law_holds_again(self):
        """Archiving a copy asks why only where the law itself is weaker."""
        copy = self.policy.browse(self.policy.action_adapt()["res_id"])
        copy.action_archive()
        self.limit.maximum = 1
        copy = self.policy.browse(self.policy.action_adapt()["res_id"])
        self.policy.write(
            {
                "limit_ids": [Command.update(self.limit.id, {"maximum": 2})],
                "change_reason": "Busy months",
            }
        )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            copy.action_archive()

    def test_settings_that_protect_debtors_tell_who_changed_them(self):
        """A default policy that is swapped for a weaker one leaves a trace."""
        self.manager.group_ids |= self.env.ref("base.group_system")
        company = self.company.with_user(self.manager)
        company.debt_contact_policy_id = self.env.ref("debt_collection.policy_business")
        company.debt_forbidden_phrases = "prison"
        company.debt_keep_days = 100
        before = company.partner_id.message_ids
        company.debt_contact_policy_id = self.policy
        company.write({"debt_forbidden_phrases": False, "debt_keep_days": 0})
        # Nothing new is no news.
        company.write({"debt_keep_days": 0, "debt_grace_days": 3})
        second, first = (company.partner_id.message_ids - before).sorted("id")[::-1]
        self.assertIn(f"→ {self.policy.name}", first.body)
        self.assertIn("prison → —", second.body)
        self.assertIn("100 → 0", second.body)
        self.assertEqual((first | second).author_id, self.manager.partner_id)
