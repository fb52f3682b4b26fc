from odoo.tests import tagged

from odoo.addons.debt_collection.tests.test_access_types import NonsenseCommon


@tagged("post_install", "-at_install")
class TestPrivacyTypes(NonsenseCommon):
    """What a client sends to a method of the lookup's may be of any kind."""

    # Until one takes anything at all, none can be sent nonsense.
    addons, least = "debt_collection_privacy", 0

    def test_every_method_answers_nonsense_in_words(self):
        self._check_all_methods()
