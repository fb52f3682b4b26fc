"""What the process says is wrong, in the reader's language."""


def texts(env):
    """The sentence of each problem, by its code; its values fill it in."""
    return {
        "forwards": env._(
            "Nothing is dialled: the exchange would dial on a call that is forwarded, "
            "to a number that nobody permitted. Set redirect_method = user on the "
            "endpoint %(endpoint)s."
        ),
        "forwards_unknown": env._(
            "Whether the exchange dials forwarded numbers by itself cannot be told of "
            "%(endpoint)s. The guide says what to look at."
        ),
        "local_route": env._(
            "Numbers are dialled through the dialplan, which hides why a call fails "
            "and may forward it. Name the trunk itself."
        ),
        "no_detection": env._(
            "The exchange has no %(module)s: answering machines cannot be told from "
            "persons."
        ),
        "trunk_offline": env._("The trunk %(endpoint)s cannot be reached."),
        "trunk_unknown": env._("The exchange has no trunk %(endpoint)s."),
        "unregistered": env._("Telephones that are not registered: %(phones)s."),
        "foreign_line": env._(
            "A line was hung up that nobody looks after: something on the exchange "
            "sends calls to the dialler, or forwards them."
        ),
        "clock": env._(
            "The clock of the exchange differs by %(seconds)s seconds from Odoo's."
        ),
        "disk": env._(
            "Only %(megabytes)s MB are free in %(folder)s: recordings may be lost."
        ),
        "folder": env._("%(folder)s cannot be written."),
        "certificate": env._(
            "The certificate of %(host)s is accepted for %(days)s more days."
        ),
        "no_certificate": env._("The certificate of %(host)s is refused: %(why)s."),
    }


def sentences(env, problems):
    """The problems of a process as sentences; of an unknown one, its own word.

    :param list problems: ``{"code":, "values": {}, "text":}`` as the process sends them
    """
    known = texts(env)
    found = []
    for problem in problems or ():
        text = known.get(problem.get("code"))
        try:
            found.append(text % problem["values"] if text else problem["text"])
        except (KeyError, TypeError, ValueError):
            found.append(str(problem.get("text") or problem.get("code")))
    return found
