from odoo.tests import BaseCase, tagged
from odoo.tests.loader import get_module_test_cases, get_test_modules
from odoo.tests.tag_selector import TagsSelector


@tagged("post_install", "-at_install")
class TestOdoosRunner(BaseCase):
    """Our tests lie beside those of others: Odoo's own runner can tell them apart."""

    def test_every_test_can_be_selected(self):
        """A test that cannot be asked for its module ends the run of all addons."""
        ours = TagsSelector("/debt_collection")
        others = TagsSelector("/account")
        cases = [
            case
            for module in get_test_modules("debt_collection")
            for case in get_module_test_cases(module)
        ]
        self.assertGreater(len(cases), 300)
        self.assertFalse([case for case in cases if others.check(case)])
        self.assertTrue(all(map(ours.check, cases)))
