"""Cases that were given up, and what takes them up again."""


def wake(cases, text):
    """Collect again from those that are dormant, by their ladder begun anew.

    :param cases: ``debt.case``
    :param str text: what woke them, for the chatter
    """
    # Superuser: states are not written by hand; callers have checked who may.
    dormant = cases.sudo().filtered(lambda case: case.state == "dormant")
    if dormant:
        dormant.write({"state": "active", "plan_dirty": True})
        dormant._message_log_batch(bodies=dict.fromkeys(dormant.ids, text))
        dormant._trigger_planning()
