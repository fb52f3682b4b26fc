from unittest.mock import patch

from lxml import etree
from lxml.html import fromstring

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestPolicyShipped(DebtCommon):
    """An update changes no law of yours; it says what is new, beside what you made."""

    def setUp(self):
        super().setUp()
        self.law = self.env.ref("debt_collection.policy_us_regf")
        self.policies = self.env["debt.contact.policy"]
        self.admin = self.env.ref("base.user_admin")

    def _release(self, **texts):
        """A later release that says other words in fields of the law."""
        nodes = self.policies._shipped_nodes()
        for name, text in texts.items():
            [field] = nodes[self.law][0].findall(f"field[@name='{name}']")
            field.text = text
        shipped = patch.object(
            type(self.policies), "_shipped_nodes", lambda _self: self._copied(nodes)
        )
        self.enterContext(shipped)
        self.policies._note_shipped()

    def _copied(self, nodes):
        """Nodes that a reader may move into a document of its own."""
        return {
            policy: [etree.fromstring(etree.tostring(node)) for node in records]
            for policy, records in nodes.items()
        }

    def _update(self, user=None):
        action = self.law.action_compare_shipped()
        updates = self.env[action["res_model"]].with_context(**action["context"])
        return updates.with_user(user or self.manager).create({})

    def test_what_is_installed_is_what_is_shipped(self):
        self.assertFalse(self.policies.search([("shipped_changed", "=", True)]))
        laws = self.policies._shipped_nodes()
        self.assertIn(self.law, laws)
        for law in laws:
            self.assertTrue(law.shipped_digest, law.name)
            before, after = law._as_shipped()
            self.assertEqual(before, after)

    def test_the_same_release_changes_nothing(self):
        self._release()
        self.assertFalse(self.law.shipped_changed)

    def test_a_new_release_is_shown_beside_ours(self):
        limits = self.law.limit_ids.mapped("maximum")
        self.law.limit_ids[0].maximum = 2
        ours = self.law.copy({"name": "Ours", "adapted_from_id": self.law.id})
        self._release(source="Regulation F as amended")
        self.assertTrue(self.law.shipped_changed)
        self.assertNotEqual(self.law.source, "Regulation F as amended")
        update = self._update()
        self.assertIn("Regulation F as amended", update.difference)
        told = fromstring(update.difference)
        [ours_told, theirs_told, *_rest] = [
            one.text_content() for one in told.iter("strong") if "at most" in one.text
        ]
        self.assertIn("at most 2", ours_told, "what differs stands out")
        self.assertIn("at most 7", theirs_told)
        self.assertEqual(update.adapted_ids, ours)
        self.assertEqual(self.law.limit_ids[0].maximum, 2, "only tried")
        self._update(self.admin).action_take_over()
        self.assertEqual(self.law.source, "Regulation F as amended")
        self.assertEqual(self.law.limit_ids.mapped("maximum"), limits)
        self.assertFalse(self.law.shipped_changed)

    def test_ours_may_stay(self):
        self._release(source="Regulation F as amended")
        self._update(self.admin).action_keep()
        self.assertFalse(self.law.shipped_changed)
        self.assertNotEqual(self.law.source, "Regulation F as amended")
        self.policies._note_shipped()
        self.assertFalse(self.law.shipped_changed, "asked once for each change")

    def test_a_shared_law_is_an_administrators(self):
        self._release(source="Regulation F as amended")
        update = self._update()
        with self.assertRaises(AccessError):
            update.action_take_over()
        with self.assertRaises(AccessError):
            update.action_keep()

    def test_nothing_new(self):
        self.assertIn("Nothing", self._update().difference)
