"""Sentences that code says to who pays on his page, in the language that `env` has."""


def not_taken(env, code):
    """Why a payment is not begun.

    :param str code: of `tools.page_form.Refused`
    """
    match code:
        case "changed":
            return env._(
                "What is open has changed meanwhile: please open your page again."
            )
        case "underway":
            return env._("A payment of this is under way: please wait for it.")
        case "often":
            return env._("That was very often: please call us.")
    return env._("We could not take that: please open your page again, or call us.")
