"""What may happen to a debtor, for hypothesis to choose from."""

from hypothesis import strategies as st

AMOUNT = st.integers(1, 90_000).map(lambda cents: cents / 100)
DAYS = st.integers(-40, 200)
#: Which of the currencies: the company's own, or one of two others.
FOREIGN = st.sampled_from((0, 0, 0, 0, 1, 1, 2))
SHARE = st.sampled_from((0.1, 1 / 3, 0.5, 0.75, 1.0, 1.5))
#: Which part of what is open of an invoice is disputed; zero: all of it.
PART = st.sampled_from((0, 0.3, 2 / 3))
UNTIL = st.sampled_from((None, -1, 0, 1, 30))
#: What happens to one debtor in one company.
STEP = st.one_of(
    st.tuples(st.just("invoice"), AMOUNT, DAYS, st.integers(1, 3), FOREIGN),
    st.tuples(st.just("invoice"), AMOUNT, DAYS, st.integers(1, 3), FOREIGN),
    st.tuples(st.just("refund"), AMOUNT, DAYS, st.just(1), FOREIGN),
    st.tuples(st.just("opening"), AMOUNT, DAYS, st.booleans(), FOREIGN),
    st.tuples(st.just("set_off"), AMOUNT, DAYS, st.booleans(), FOREIGN),
    st.tuples(st.just("loan"), AMOUNT, DAYS),
    st.tuples(st.just("credit"), AMOUNT, FOREIGN),
    st.tuples(st.just("credit"), AMOUNT, FOREIGN),
    st.tuples(st.just("credit_note"), SHARE),
    st.tuples(st.just("prepaid"), AMOUNT, FOREIGN),
    st.tuples(st.just("pay"), SHARE),
    st.tuples(st.just("pay"), SHARE),
    st.tuples(st.just("match")),
    st.tuples(st.just("unmatch")),
    st.tuples(st.just("draft"), st.booleans()),
    st.tuples(st.just("reverse")),
    st.tuples(st.just("write_off"), SHARE),
    st.tuples(st.just("no_followup")),
    st.tuples(st.just("block")),
    st.tuples(st.just("bank_says_paid"), SHARE),
    st.tuples(st.just("bank_says_paid"), st.just(1.0)),
    st.tuples(st.just("declare_paid")),
    st.tuples(st.just("exclude"), UNTIL),
    st.tuples(st.just("flag")),
    st.tuples(st.just("dispute"), st.sampled_from((-1, 0, 5)), PART),
    st.tuples(st.just("dispute"), st.just(5), PART),
    st.tuples(st.just("settle"), st.booleans()),
    st.tuples(st.just("correct"), st.booleans()),
)
#: In which company, or in the first one and its branch by turns.
HISTORY = st.tuples(
    st.integers(0, 2),
    st.tuples(st.just("invoice"), AMOUNT, st.integers(1, 200), st.just(1), FOREIGN),
    st.lists(STEP, min_size=1, max_size=5),
)
