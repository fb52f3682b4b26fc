from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DiallerCommon


@tagged("post_install", "-at_install")
class TestOperator(DiallerCommon):
    """An operator at his station: ready, talking, wrapping up, and at rest."""

    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
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

    def test_click_reserves_him(self):
        call = self._clicked()
        self.assertEqual(self.station.state, "reserved")
        self.process.sync()
        self.process.tell(call.id, "operator_failed", ("ended", {"line": "cancelled"}))
        self.assertEqual(self.station.state, "ready")

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
        with self._at(hours=11):
            [row] = boards.board_data()["campaigns"]
            self.assertEqual(row["left_today"], 0)


@tagged("post_install", "-at_install")
class TestAccess(DiallerCommon):
    """Who may see and set what."""

    def _can(self, user, name):
        model = self.env[name].with_user(user)
        operations = ("read", "write", "create", "unlink")
        return "".join(op[0] for op in operations if model.has_access(op))

    def test_rights(self):
        for name, operator, accountant, manager in (
            ("debt.dialler.campaign", "r", "", "rwcu"),
            ("debt.dialler.prompt", "r", "", "rwcu"),
            ("debt.dialler.operator", "rw", "", "rw"),
            ("debt.dialler.operator.log", "r", "", "r"),
            ("debt.dialler.lease", "", "", "r"),
            ("debt.dialler.command", "", "", "r"),
            ("debt.dialler.instance", "", "", "r"),
            ("debt.dialler.nonce", "", "", ""),
            ("debt.dialler.secret", "", "", ""),
        ):
            rights = [
                self._can(user, name)
                for user in (self.operator, self.accountant, self.manager)
            ]
            self.assertEqual(rights, [operator, accountant, manager], name)

    def test_secret_is_the_administrators(self):
        with self.assertRaises(AccessError):
            self.provider.with_user(self.manager).read(["dialler_secret"])
        with self.assertRaises(UserError):
            self.provider.with_user(self.manager).action_rotate_secret()
        with self.assertRaises(AccessError):
            self.env["debt.dialler.lease"].with_user(self.manager).search(
                [("token", "!=", False)]
            )

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Sister"})
        provider = self.provider.copy({"company_id": company.id})
        campaign = (
            self.env["debt.dialler.campaign"]
            .sudo()
            .create(
                {"name": "Theirs", "company_id": company.id, "provider_id": provider.id}
            )
        )
        self.assertTrue(provider.dialler_key)
        self.assertNotEqual(provider.dialler_key, self.provider.dialler_key)
        self.assertFalse(provider.sudo().dialler_secret)
        station = self.env["debt.dialler.operator"]._of_user(company, self.operator)
        station._set_state("pause", "break")
        for user in (self.operator, self.manager):
            for record in (campaign, station, station.log_ids):
                found = record.with_user(user).search([("id", "in", record.ids)])
                self.assertFalse(found, (user.login, record._name))

    def test_every_model_has_rules_and_rights(self):
        models = self.env["ir.model"].search([("model", "=like", "debt.dialler.%")])
        self.assertGreater(len(models), 8)
        for model in models:
            self.assertTrue(model.access_ids, model.model)
            stored = self.env[model.model]
            if "company_id" in stored and not stored._transient:
                self.assertTrue(model.rule_ids, model.model)
