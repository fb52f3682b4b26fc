"""Sentences that code says to debtors about a meeting, in the language of `env`."""


def by_video(env, link):
    """Where a meeting by video is."""
    return env._("by video: %(link)s", link=link)


def by_phone(env):
    """Where a meeting by telephone is."""
    return env._("by telephone: we call you")
