from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..tools.experiment import CHALLENGER
from .common import DebtCommon

#: What each text begins with.
CHAMPION_SAYS, CHALLENGER_SAYS = "could not reach you", "Shall we talk?"


@tagged("post_install", "-at_install")
class TestExperimentText(DebtCommon):
    """One text of a ladder against another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        debtors = cls.env["res.partner"]
        for number in range(10):
            debtor = cls._new_debtor(f"E{number}", f"+32 470 00 61 {number:02}")
            debtors += debtor
            cls._invoice(100 + number, 20, debtor)
        cls.cases.refresh()
        cls.all = cls.cases.search([("partner_id", "in", debtors.ids)])
        cls.step = cls.all.ladder_id.step_ids.filtered(lambda s: s.channel == "sms")
        cls.champion = cls.step.sms_template_id
        cls.challenger = cls.champion.copy(
            {
                "name": "Shorter",
                "body": "{{ object.company_id.name }}: Shall we talk? "
                "{{ object.company_id.phone }}",
            }
        )

    def _experiment(self, **values):
        return (
            self.env["debt.experiment"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Shorter",
                    "kind": "sms",
                    "sms_template_id": self.champion.id,
                    "other_sms_template_id": self.challenger.id,
                    **values,
                }
            )
        )

    def _message(self, case, channel="sms", kind="ladder"):
        values = case._prepare_message_values(kind, channel)
        values["ladder_step_id"] = self.step.id if kind == "ladder" else False
        return self.env["debt.message"].sudo().create(values)

    def _started(self, **values):
        experiment = self._experiment(**values)
        experiment.action_start()
        return experiment

    def test_who_is_drawn_is_sent_the_other_text_and_it_is_recorded(self):
        experiment = self._started()
        sent = {case: self._message(case) for case in self.all}
        for message in sent.values():
            message._send()
        arms = {row.case_id: row.arm for row in experiment.debtor_ids}
        self.assertEqual(set(arms.values()), {"champion", "challenger"})
        for case, message in sent.items():
            other = arms[case] == CHALLENGER
            says = CHALLENGER_SAYS if other else CHAMPION_SAYS
            text = self.challenger if other else self.champion
            self.assertEqual(message.state, "sent")
            self.assertIn(says, message.body)
            self.assertEqual(message.sms_template_id, text)
        experiment.action_stop()
        for case in self.all:
            self.assertEqual(self._message(case)._find_template(), self.champion)

    def test_what_works_tells_which_text_was_sent(self):
        """Later the step has another text: what was sent stays what it was."""
        message = self._message(self.all[0])
        message._send()
        self.step.sms_template_id = self.challenger
        self.env.flush_all()
        row = self.env["debt.yield.report"].search([("case_id", "=", self.all[0].id)])
        self.assertEqual(row.sms_template_id, self.champion)

    def test_a_text_that_is_looked_at_draws_nobody(self):
        experiment = self._started()
        self._message(self.all[0])._find_template()
        self.assertFalse(experiment.debtor_ids)

    def test_only_what_a_ladder_sends_is_tried(self):
        experiment = self._started(
            sms_template_id=self.env.ref(
                "debt_collection.sms_template_payment_details"
            ).id
        )
        message = self._message(self.all[0], kind="payment_details")
        message._send()
        self.assertEqual(message.state, "sent")
        self.assertFalse(experiment.debtor_ids)

    def test_one_to_whom_it_cannot_be_sent_takes_part_as_well(self):
        """Else the arms were not alike: one text is refused more often than another."""
        experiment = self._started()
        self.champion.sudo().body = self.challenger.sudo().body = "Call us."
        for case in self.all:
            message = self._message(case)
            message._send()
            self.assertEqual(message.state, "refused")
        self.assertEqual(experiment.debtor_ids.case_id, self.all)

    def test_who_may_not_be_contacted_does_not_take_part(self):
        experiment = self._started()
        self.all[0].partner_id.debt_do_not_call = True
        message = self._message(self.all[0])
        message._send()
        self.assertNotEqual(message.state, "sent")
        self.assertFalse(experiment.debtor_ids)

    def test_an_email_and_an_sms_are_tried_apart(self):
        self._started()
        emails = self.env.ref("debt_collection.mail_template_callback_request")
        other = emails.copy({"name": "Shorter"})
        experiment = self._started(
            kind="email", mail_template_id=emails.id, other_mail_template_id=other.id
        )
        self.all.partner_id.write({"email": "one@example.com"})
        for case in self.all:
            message = self._message(case, "email")
            message._send()
            arm = experiment.debtor_ids.filtered(lambda r, c=case: r.case_id == c).arm
            self.assertEqual(
                message.mail_template_id, other if arm == CHALLENGER else emails
            )

    def test_a_text_that_may_not_be_sent_is_not_tried(self):
        self.challenger.sudo().body = "Call us."
        with self.assertRaisesRegex(UserError, "cannot be sent to debtors"):
            self._started()

    def test_a_text_is_in_one_experiment_at_a_time(self):
        self._started()
        with self.assertRaisesRegex(UserError, "tries one of these already"):
            self._started()

    def test_texts_are_about_a_case(self):
        about = self.env.ref("debt_collection.sms_template_promise_reminder")
        with self.assertRaises(ValidationError):
            self._experiment(other_sms_template_id=about.id)
