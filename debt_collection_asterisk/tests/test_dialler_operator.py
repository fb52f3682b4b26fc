from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import DiallerCommon


@tagged("post_install", "-at_install")
class TestOperator(DiallerCommon):
    """An operator at his station: ready, talking, wrapping up, and at rest."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()
        self.campaign = self._campaign()
        self.station = self._ready(self.campaign)

    def _bridged(self):
        [job] = self.process.sync(want={self.campaign.id: 1})["jobs"]
        call = self.env["debt.call"].browse(job["call_id"])
        self._talk(call)
        return call

    def _end(self, call):
        self.process.tell(call.id, ("ended", {"line": "answered", "by": "debtor"}))

    def _sent(self, kind):
        """What was sent to the operator's screen."""
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].sudo().search([])
        return [row.message for row in rows if f'"{kind}"' in row.message]

    def test_process_is_told_who_waits(self):
        [told] = self.process.sync()["operators"]
        expected = {
            "user_id": self.operator.id,
            "endpoint": "PJSIP/100",
            "state": "ready",
            "campaign_id": self.campaign.id,
        }
        self.assertEqual(told, expected)
        self.station.action_leave()
        self.assertFalse(self.process.sync()["operators"])

    def test_bridged_call_is_his_and_opens_by_itself(self):
        call = self._bridged()
        self.assertEqual(call.user_id, self.operator)
        self.assertEqual((self.station.state, self.station.call_id), ("talking", call))
        self.assertEqual(len(self._sent("debt_dialler/bridged")), 1)
        windows = self.env["debt.call.wizard"].with_user(self.operator)
        action = windows.action_bridged(call.id)
        self.assertEqual(action["res_model"], "debt.call.wizard")
        with self.assertRaises(AccessError):
            windows.with_user(self.colleague).action_bridged(call.id)

    def test_debtor_of_another_team(self):
        """A campaign of all teams puts him through: he sees whom he talks with, works
        the call as any other, and sees no more of the case afterwards."""
        member = Command.create({"user_id": self.colleague.id})
        self.case.team_id = self.env["debt.team"].create(
            {"name": "Theirs", "member_ids": [member]}
        )
        case = self.case.with_user(self.operator)
        self.assertFalse(case.has_access("read"))
        call = self._bridged()
        windows = self.env["debt.call.wizard"].with_user(self.operator)
        window = windows.browse(windows.action_bridged(call.id)["res_id"])
        self.env.invalidate_all()
        self.assertTrue(Form(window).number)
        self.assertTrue(case.has_access("write"))
        for shown in (call.phone_id, call):
            self.assertTrue(shown.with_user(self.operator).has_access("read"))
        self._end(call)
        window.outcome_id = self.env.ref("debt_collection.outcome_promise")
        window.write(
            {
                "party": "right_party",
                "promise_amount": 1000,
                "promise_date": "2026-03-13",
            }
        )
        window.action_save_next()
        self.assertEqual(call.sudo().outcome_code, "promise")
        self.env.invalidate_all()
        self.assertFalse(case.has_access("read"))

    def test_wrap_up_until_the_outcome_is_saved(self):
        call = self._bridged()
        self._end(call)
        self.assertEqual((call.state, self.station.state), ("wrapup", "wrapup"))
        self.assertEqual(self.process.sync()["operators"][0]["state"], "wrapup")
        with self.assertRaises(UserError):
            self.station.action_ready()
        call.with_user(self.operator).finish("refused", party="right_party")
        self.assertEqual(self.station.state, "ready")
        self.assertFalse(self.station.call_id)

    def test_pause_wished_while_he_talks(self):
        call = self._bridged()
        self.station.with_context(reason="meeting").action_pause()
        self.assertEqual(self.station.state, "talking")
        self._end(call)
        call.with_user(self.operator).finish("refused", party="right_party")
        self.assertEqual(
            (self.station.state, self.station.reason), ("pause", "meeting")
        )
        self.station.action_ready()
        self.assertFalse(self.station.wish or self.station.reason)

    def test_save_and_next_waits_for_the_campaign(self):
        """Whom a campaign brings calls takes nobody from the queue himself."""
        windows = self.env["debt.call.wizard"].with_user(self.operator)
        action = windows.action_next()
        self.assertEqual(action["res_model"], "debt.dialler.operator")
        self.assertFalse(self.case.call_ids)
        self.station.action_pause()
        self.assertEqual(windows.action_next()["res_model"], "debt.call.wizard")

    def test_a_campaign_whose_dialler_is_away_keeps_nobody_waiting(self):
        windows = self.env["debt.call.wizard"].with_user(self.operator)
        with self._at(minutes=5):
            self.assertEqual(windows.action_next()["res_model"], "debt.call.wizard")

    def test_click_reserves_him(self):
        call = self._clicked()
        self.assertEqual(self.station.state, "reserved")
        self.process.sync()
        self.process.tell(call.id, "operator_failed", ("ended", {"line": "cancelled"}))
        self.assertEqual(self.station.state, "ready")

    def test_debtor_given_back_in_the_window_after_the_click(self):
        """The claim goes with its lease: he is free for the next call, no telephone
        rings for nothing."""
        call = self._clicked()
        windows = self.env["debt.call.wizard"].with_user(self.operator)
        windows.browse(windows._action_open(call)["res_id"]).action_release()
        self.assertEqual(
            (self.station.state, self.station.call_id.id), ("ready", False)
        )
        self.assertFalse(self.process.sync()["jobs"])

    def test_case_closed_after_the_click(self):
        self._clicked()
        self._pay(self.invoice)
        self.cases.refresh()
        self.assertEqual(self.case.state, "closed")
        self.assertEqual(self.station.state, "ready")

    def test_call_given_up_by_the_server(self):
        """Whatever closes the call, he is not bound to it."""
        call = self._bridged()
        call.sudo().write({"state": "done"})
        self.assertEqual(
            (self.station.state, self.station.call_id.id), ("ready", False)
        )

    def test_archived_operator_is_given_no_call(self):
        self._clicked()
        self.operator.active = False
        self.assertEqual(self.station.state, "offline")
        self.assertFalse(self.process.sync(want={self.campaign.id: 1})["jobs"])

    def test_preview_campaign_counts_his_clicks(self):
        self.campaign.mode = "preview"
        call = self._clicked()
        self.process.sync()
        self.process.dial(call.id)
        self.process.tell(call.id, "operator_answered", "dialing", "answered")
        self.assertEqual(call.campaign_id, self.campaign)
        self.assertEqual(self.station.state, "talking")
        self.assertFalse(self._sent("debt_dialler/bridged"), "it is open already")

    def test_click_of_an_operator_without_station(self):
        self.station.action_leave()
        call = self._clicked()
        self.process.sync()
        self.process.dial(call.id)
        self.process.tell(call.id, "operator_answered", "dialing", "answered")
        self.assertEqual(self.station.state, "offline")

    def _sister_station(self):
        """His station in a sister company that has the same exchange."""
        self.provider.sudo().company_id = False
        sister = self.env["res.company"].create({"name": "Sister"})
        self.operator.company_ids += sister
        campaign = (
            self.env["debt.dialler.campaign"]
            .sudo()
            .create(
                {
                    "name": "Theirs",
                    "company_id": sister.id,
                    "provider_id": self.provider.id,
                    "state": "running",
                }
            )
        )
        stations = self.env["debt.dialler.operator"]
        station = stations._of_user(sister, self.operator)
        station.campaign_id = campaign
        return station.with_user(self.operator)

    def test_one_telephone_serves_one_company_at_a_time(self):
        sister = self._sister_station()
        sister.action_ready()
        self.assertEqual((self.station.state, sister.state), ("offline", "ready"))
        [told] = self.process.sync()["operators"]
        self.assertEqual(told["campaign_id"], sister.sudo().campaign_id.id)

    def test_not_ready_elsewhere_with_a_call(self):
        sister = self._sister_station()
        self._bridged()
        with self.assertRaises(UserError) as refused:
            sister.action_ready()
        self.assertIn(self.company.name, str(refused.exception))
        self.assertEqual(self.station.state, "talking")

    def test_why_his_click_came_to_nothing(self):
        """He is not told that his telephone was not picked up when he hung up."""
        for reason, said in (
            ("operator_failed", "was not picked up"),
            ("operator_left", "you hung up"),
            ("stopping", "was stopped"),
            ("refused", "Call again"),
        ):
            call = self._clicked()
            self.process.sync()
            ended = ("ended", {"line": "cancelled", "reason": reason})
            self.process.tell(call.id, "operator_ringing", ended)
            lease = self.env["debt.dialler.lease"].search(
                [("call_id", "=", call.id)], order="id desc", limit=1
            )
            self.assertEqual(lease.close_reason, reason)
            told = self._sent("simple_notification")[-1]
            self.assertIn(said, told)
            self.assertNotIn("allowed now", told)

    def test_ready_needs_a_telephone(self):
        self.station.action_leave()
        self.operator.debt_extension = False
        with self.assertRaises(UserError):
            self.station.action_ready()

    def test_time_is_counted(self):
        with self._at(minutes=5):
            self.station.action_pause()
        with self._at(minutes=15):
            self.station.action_ready()
        logs = self.env["debt.dialler.operator.log"].search(
            [("user_id", "=", self.operator.id)], order="id"
        )
        counted = [(log.state, log.reason, log.seconds) for log in logs]
        self.assertEqual(
            counted,
            [("ready", False, 300), ("pause", "break", 600), ("ready", False, 0)],
        )

    def test_lines(self):
        line = {"user_id": self.operator.id, "line": "ringing"}
        self.process.sync(operators=[line])
        self.assertEqual(self.station.line, "ringing")

    def test_own_station_only(self):
        theirs = self.station.with_user(self.colleague)
        with self.assertRaises(AccessError):
            theirs.action_pause()
        with self.assertRaises(AccessError):
            theirs.read(["state"])
        with self.assertRaises(AccessError):
            self.station.write({"state": "ready"})
        self.station.with_user(self.manager).action_pause()
        self.assertEqual(self.station.state, "pause")

    def test_board(self):
        call = self._bridged()
        boards = self.env["debt.dialler.campaign"].with_user(self.manager)
        with self._at(minutes=2):
            self.process.sync()
            [row] = boards.board_data()["campaigns"]
        [operator] = row["operators"]
        self.assertEqual(operator["name"], self.operator.name)
        self.assertEqual(operator["debtor"], call.partner_id.display_name)
        self.assertEqual(
            (operator["state"], operator["since"]), ("talking", "2026-03-10 09:00:00")
        )
        self.assertEqual(row["lines"], {"dialling": 0, "talking": 1})
        self.assertEqual(
            (row["dialled"], row["answered"], row["answer_rate"]), (1, 1, 1)
        )
        self.assertEqual((row["abandoned"], row["abandoned_share"]), (0, 0))
        self.assertEqual(row["dialler"], "up")
        self.assertEqual(row["due"], 0, "he is on the line already")
        with self.assertRaises(AccessError):
            boards.with_user(self.operator).board_data()

    def test_board_counts_who_may_still_be_called_today(self):
        for number in range(3):
            debtor = self._new_debtor(f"Due {number}", f"+32 470 12 52 {number:02}")
            self._invoice(100, 10, debtor)
            self._case(debtor)
        boards = self.env["debt.dialler.campaign"].with_user(self.manager)
        [row] = boards.board_data()["campaigns"]
        self.assertEqual((row["due"], row["left_today"]), (4, 4))
        for share in ("answer_rate", "abandoned_share", "abandoned_share_lately"):
            self.assertIs(row[share], False, "of nothing there is no share")
        with self._at(hours=11):
            [row] = boards.board_data()["campaigns"]
            self.assertEqual(row["left_today"], 0)
