"""How debts of the demo end: one is with a lawyer, one is to be written off, and one
debtor gets no more deliveries."""

from datetime import timedelta


def _today(case):
    return case.company_id._debt_today()


def _hand_over(env, case):
    """The debtor's lawyer wrote, so ours answers."""
    lawyer = env["res.partner"].create(
        {"name": "Advocaten Peeters & Claes", "is_company": True, "lang": "en_US"}
    )
    handed_on = _today(case) - timedelta(days=6)
    handover = env["debt.handover"].create(
        {
            "case_id": case.id,
            "kind": "lawyer",
            "agent_id": lawyer.id,
            "reference": "2026/418",
            "handed_on": handed_on,
            "user_id": case.company_id.debt_accountant_id.id,
            "note": "Letter before action, then court. Instalments from 200 €.",
        }
    )
    for days, name, amount in ((1, "Opening the file", 45.0), (4, "Letter", 72.5)):
        env["debt.handover.cost"].create(
            {
                "handover_id": handover.id,
                "day": handed_on + timedelta(days=days),
                "name": name,
                "amount": amount,
                "user_id": case.company_id.debt_accountant_id.id,
            }
        )


def _give_up(env, case):
    env["debt.writeoff"].create(
        {
            "case_id": case.id,
            "reason": "insolvent",
            "user_id": (case.user_id or case.company_id.debt_accountant_id).id,
            "note": "Administrator appointed; the claim is filed, nothing will come.",
        }
    )


def _suspend(env, case):
    env["debt.suspension"].create(
        {
            "case_id": case.id,
            "from_on": _today(case) - timedelta(days=2),
            "user_id": case.company_id.debt_accountant_id.id,
            "note": "Announced by telephone; the warehouse knows.",
        }
    )


ENDINGS = {"legal": _hand_over, "bankrupt": _give_up, "dormant": _suspend}


def end_debts(env, debtors):
    """Each for the first debtor of the story."""
    for story, end in ENDINGS.items():
        cases = [one.case for one in debtors if one.row["story"] == story]
        if found := [case for case in cases if case and not case.closed_at]:
            end(env, found[0])
