from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestObjection(DebtCommon):
    """Handling cards: found by what debtors say, counted by what helped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forgot = cls.env.ref("debt_collection.objection_forgot")
        cls.later = cls.env.ref("debt_collection.objection_later")
        cls.never = cls.env.ref("debt_collection.objection_bankrupt")

    def _talk(self, name, objections, promise=0, pay=0, user=None):
        """A call with a debtor of his own in which something was objected."""
        debtor = self._new_debtor(name, f"+32 470 12 34 {len(name):02}")
        invoice = self._invoice(100, 10, debtor)
        call = self._call(self._case(debtor), user)
        values = {"objection_ids": objections.ids, "note": "x"}
        if promise:
            values |= {"promise_amount": promise, "promise_date": fields.Date.today()}
        call.finish("promise" if promise else "refused", **values)
        if pay:
            self._pay(invoice, pay)
        return call

    def _tell_four_stories(self):
        self._talk("a", self.forgot, promise=100, pay=100)
        self._talk("bb", self.forgot | self.later, promise=100, pay=30)
        self._talk("ccc", self.forgot, promise=100)
        self._talk("dddd", self.forgot, user=self.colleague)

    def test_a_card_tells_how_it_fared(self):
        self._tell_four_stories()
        cards = self.forgot | self.later | self.never
        self.assertEqual(
            [(c.call_count, c.promise_count, c.paid_count) for c in cards],
            [(4, 3, 2), (1, 1, 1), (0, 0, 0)],
        )
        self.assertEqual(cards.mapped("promise_rate"), [0.75, 1, 0])
        self.assertEqual(cards.mapped("win_rate"), [0.5, 1, 0])

    def test_a_cancelled_promise_does_not_count(self):
        call = self._talk("a", self.later, promise=100, pay=100)
        self.env["debt.promise"].search(
            [("call_id", "=", call.id)]
        ).sudo().state = "cancelled"
        self.assertEqual(self.later.promise_count, 0)
        self.assertEqual(self.later.call_count, 1)

    def test_all_cards_are_one_query(self):
        self._tell_four_stories()
        cards = self.env["debt.objection"].search([])
        self.env.flush_all()
        cards.invalidate_recordset(["call_count", "win_rate"])
        with self.assertQueryCount(1):
            cards.mapped("win_rate")

    def test_everybody_sees_the_same_figures_of_his_companies_only(self):
        self._tell_four_stories()
        for user in (self.operator, self.accountant, self.manager):
            self.assertEqual(self.forgot.with_user(user).call_count, 4, user.login)
        company = self.env["res.company"].create({"name": "Sister"})
        self.manager.company_ids = [Command.link(company.id)]
        cards = self.forgot.with_user(self.manager)
        cards = cards.with_context(allowed_company_ids=company.ids)
        self.assertEqual(cards.call_count, 0)

    def test_a_card_is_found_by_what_debtors_say(self):
        self.forgot.write({"name": "Slipped", "keywords": "out of my mind"})
        cards = self.env["debt.objection"]
        for words in ("slipp", "my mind", self.forgot.handling[:15]):
            found = [card for card, _name in cards.name_search(words)]
            self.assertIn(self.forgot.id, found, words)

    def test_the_report_tells_it_by_month_and_operator(self):
        self._tell_four_stories()
        report = self.env["debt.objection.report"].with_user(self.manager)
        rows = report.formatted_read_group(
            [("objection_id", "=", self.forgot.id)],
            ["started_at:month", "user_id"],
            ["heard:sum", "promised:sum", "paid:sum", "win_rate:avg"],
        )
        self.assertEqual(
            [
                (row["user_id"][0], row["heard:sum"], row["promised:sum"])
                for row in sorted(rows, key=lambda row: row["heard:sum"])
            ],
            [(self.colleague.id, 1, 0), (self.operator.id, 3, 3)],
        )
        self.assertEqual(report.search_count([]), 5)
        overdue = self.env.ref("debt_collection.stage_overdue")
        self.assertEqual(report.search([]).stage_id, overdue)

    def test_an_operator_reads_his_teams_rows_of_the_report(self):
        self._tell_four_stories()
        team = self.env["debt.team"].create(
            {
                "name": "Team",
                "member_ids": [Command.create({"user_id": self.colleague.id})],
            }
        )
        self.cases.search([]).team_id = team
        report = self.env["debt.objection.report"]
        self.assertEqual(report.with_user(self.colleague).search_count([]), 5)
        self.assertEqual(report.with_user(self.operator).search_count([]), 4)
        self.assertEqual(report.with_user(self.accountant).search_count([]), 5)


@tagged("post_install", "-at_install")
class TestFoundByMeaning(DebtCommon):
    """Whatever a debtor says, in whatever words, the card for it is found."""

    def _found(self, said, lang=None, profile=None):
        cards = self.env["debt.objection"].with_user(self.operator)
        found = cards.find_cards(said, lang, profile and profile.id)
        return cards.browse(found).mapped("code")

    def test_what_debtors_say_finds_its_card_first(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        for said, code in (
            ("I lost my job", "lost_job"),
            ("they laid me off last month", "lost_job"),
            ("paid yesterday", "paid"),
            ("the money is on its way", "paid"),
            ("this is a SCAM", "rude_recording"),
            ("my boss decides that", "accountant"),
            ("уволили с работы", "lost_job"),
            ("Вчера оплатил", "paid"),
            ("денег нет", "no_money"),
            ("счет не пришел", "invoice"),
        ):
            for lang in (None, "en_US", "ru_RU"):
                with self.subTest(said, lang=lang):
                    self.assertEqual(self._found(said, lang)[:1], [code])
        self.assertFalse(self._found("xyz"))
        self.assertFalse(self._found(""))

    def test_a_manager_says_what_means_the_same(self):
        self.assertNotIn("no_money", self._found("skint"))
        groups = self.env["debt.synonym"]
        groups.with_user(self.manager).create({"words": "skint, no money"})
        self.assertEqual(self._found("skint"), ["no_money"])
        with self.assertRaises(AccessError):
            groups.with_user(self.operator).create({"words": "a, b"})

    def test_a_card_for_one_profile_comes_first_there_and_nowhere_else(self):
        evasive = self.env.ref("debt_collection.profile_evasive")
        chronic = self.env.ref("debt_collection.profile_chronic")
        forgot = self.env.ref("debt_collection.objection_forgot")
        firm = forgot.with_user(self.manager).copy(
            {"code": "forgot_firmly", "profile_ids": evasive.ids, "sequence": 99}
        )
        self.assertEqual(self._found(forgot.name, None, evasive)[0], firm.code)
        for profile in (None, chronic):
            found = self._found(forgot.name, None, profile)
            self.assertEqual(found[0], forgot.code)
            self.assertNotIn(firm.code, found)
        with self.assertRaises(UserError):
            forgot.find_cards(forgot.name, None, "evasive")

    def test_what_is_no_text_is_refused_with_a_sentence(self):
        cards = self.env["debt.objection"].with_user(self.operator)
        for said in (3, ["paid"], "x" * 30_000):
            with self.assertRaises(UserError):
                cards.find_cards(said)

    def test_what_no_card_says_becomes_one(self):
        cards = self.env["debt.objection"].with_user(self.operator)
        action = cards.action_propose_new("my flat burnt down")
        proposals = self.env[action["res_model"]].with_user(self.operator)
        proposals = proposals.with_context(**action["context"])
        proposal = proposals.create({"text": "Say how sorry you are."})
        self.assertEqual(proposal.display_name, "my flat burnt down")
        with self.assertRaises(AccessError):
            proposal.action_approve()
        proposal.with_user(self.manager).action_approve()
        card = proposal.objection_id
        self.assertEqual(
            (card.name, card.handling), ("my flat burnt down", "Say how sorry you are.")
        )
        self.assertIn(card.code, self._found("flat burnt"))
        with self.assertRaises(UserError):
            proposal.name = "Another"


@tagged("post_install", "-at_install")
class TestProposal(DebtCommon):
    """Operators find better answers; a manager puts them on the card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.env.ref("debt_collection.objection_forgot")
        cls.former = cls.card.handling

    def _propose(self, text="Better", user=None, **values):
        proposals = self.env["debt.objection.proposal"].with_user(user or self.operator)
        return proposals.create({"objection_id": self.card.id, "text": text, **values})

    def _told(self, proposal):
        """What the operator was notified of."""
        return (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", proposal._name),
                    ("res_id", "=", proposal.id),
                    ("notified_partner_ids", "=", self.operator.partner_id.id),
                ]
            )
            .body
        )

    def test_proposed_from_the_call_window(self):
        self._invoice(100, 10)
        call = self._call()
        card = self.card.with_user(self.operator).with_context(call_id=call.id)
        action = card.action_propose()
        self.assertEqual(action["target"], "new")
        self.assertEqual(
            action["view_id"][0],
            self.env.ref(
                "debt_collection.debt_objection_proposal_view_form_propose"
            ).id,
        )
        proposals = self.env["debt.objection.proposal"].with_user(self.operator)
        with Form(
            proposals.with_context(**action["context"]), action["view_id"][0]
        ) as form:
            self.assertEqual(form.current_text, self.former)
            form.text = "Thank you for saying so."
        proposal = form.record
        self.assertEqual(proposal.objection_id, self.card)
        self.assertEqual(proposal.call_id, call)
        self.assertEqual(proposal.user_id, self.operator)
        self.assertEqual(proposal.lang, "en_US")
        self.assertEqual(proposal.state, "new")

    def test_approved_it_is_on_the_card_and_the_operator_knows(self):
        proposal = self._propose("Thank you for saying so.")
        proposal.with_user(self.manager).action_approve()
        self.assertEqual(self.card.handling, "Thank you for saying so.")
        self.assertEqual(proposal.state, "approved")
        self.assertEqual(proposal.former_text, self.former)
        self.assertEqual(proposal.decided_by, self.manager)
        self.assertEqual(proposal.decided_on, fields.Datetime.now())
        self.assertIn(
            "Your answer to “I forgot” is on the card now.", self._told(proposal)
        )

    def test_only_the_proposals_language_changes(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.card.with_context(lang="fr_FR")
        french.handling = "Merci"
        self.operator.lang = "fr_FR"
        proposal = self._propose("Merci de votre franchise", lang="fr_FR")
        self.assertEqual(proposal.current_text, "Merci")
        proposal.with_user(self.manager).action_approve()
        self.assertEqual(french.handling, "Merci de votre franchise")
        self.assertEqual(self.card.handling, self.former)
        self.assertEqual(proposal.former_text, "Merci")

    def test_a_rejection_has_a_reason(self):
        proposal = self._propose()
        decided = proposal.with_user(self.manager)
        action = decided.action_reject()
        self.assertEqual(action["res_id"], proposal.id)
        self.assertEqual(proposal.state, "new")
        with Form(decided, action["view_id"][0]) as form:
            form.reason = "Too long to say."
        self.assertIsNone(decided.action_reject())
        self.assertEqual(proposal.state, "rejected")
        self.assertEqual(self.card.handling, self.former)
        self.assertIn("Too long to say.", self._told(proposal))

    def test_what_is_decided_stays(self):
        proposal = self._propose()
        proposal.with_user(self.manager).action_approve()
        with self.assertRaises(UserError):
            proposal.with_user(self.manager).action_approve()
        with self.assertRaises(UserError):
            proposal.with_user(self.manager).action_reject()
        for user in (self.operator, self.manager):
            with self.assertRaises(UserError):
                proposal.with_user(user).text = "Other"
        with self.assertRaises(UserError):
            proposal.with_user(self.manager).reason = "Said so all along"
        with self.assertRaises(UserError):
            proposal.with_user(self.operator).unlink()

    def test_operators_word_their_own_and_decide_nothing(self):
        proposal = self._propose().with_user(self.operator)
        proposal.text = "Better still"
        for name, value in (
            ("state", "approved"),
            ("reason", "Mine"),
            ("user_id", self.colleague.id),
            ("decided_by", self.operator.id),
        ):
            with self.assertRaises(AccessError):
                proposal.write({name: value})
        for method in ("action_approve", "action_reject"):
            with self.assertRaises(AccessError):
                getattr(proposal, method)()
        with self.assertRaises(AccessError):
            self._propose(state="approved")
        with self.assertRaises(AccessError):
            self._propose(user_id=self.colleague.id)
        proposal.unlink()

    def test_defaults_decide_nothing_either(self):
        proposals = self.env["debt.objection.proposal"].with_user(self.operator)
        for name, value in (
            ("state", "approved"),
            ("user_id", self.colleague.id),
            ("decided_by", self.manager.id),
            ("reason", "Mine"),
        ):
            forged = proposals.with_context(**{f"default_{name}": value})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                forged.create({"objection_id": self.card.id, "text": "Better"})

    def test_proposals_of_other_companies_calls_are_not_seen(self):
        self._invoice(500, 10)
        call = self._call(self._case())
        call.finish("refused")
        free, felt = self._propose(), self._propose(call_id=call.id)
        proposals = self.env["debt.objection.proposal"].with_user(self.manager)
        mine = [("id", "in", (free | felt).ids)]
        self.assertEqual(proposals.search(mine), felt | free)
        company = self.env["res.company"].create({"name": "Sister"})
        self.manager.write(
            {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
        )
        self.assertEqual(proposals.search(mine), free)
        with self.assertRaises(AccessError):
            felt.with_user(self.manager).read(["call_id"])

    def test_who_sees_proposals(self):
        proposal = self._propose()
        model = self.env["debt.objection.proposal"]
        self.assertEqual(model.with_user(self.operator).search([]), proposal)
        self.assertFalse(model.with_user(self.colleague).search([]))
        self.assertEqual(model.with_user(self.manager).search([]), proposal)
        with self.assertRaises(AccessError):
            proposal.with_user(self.colleague).read(["text"])
        with self.assertRaises(AccessError):
            model.with_user(self.accountant).search([])
        with self.assertRaises(AccessError):
            proposal.with_user(self.accountant).action_approve()

    def test_cards_are_read_by_those_who_may_not_see_proposals(self):
        view = self.env.ref("debt_collection.debt_objection_view_form")
        cards = self.card.with_user(self.accountant)
        arch = cards.get_view(view.id, "form")["arch"]
        self.assertNotIn("proposal_ids", arch)
        arch = self.card.with_user(self.manager).get_view(view.id, "form")["arch"]
        self.assertIn("proposal_ids", arch)
