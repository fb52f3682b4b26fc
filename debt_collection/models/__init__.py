from . import (
    card,
    ledger,
    contact,
    plan,
    message,
    promise,
    call,
    script,
    telephony,
    recording,
    review,
    audit,
)
