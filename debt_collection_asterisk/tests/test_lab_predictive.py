"""Twenty operators and a predictive campaign against a real PBX, for a minute."""

from lab.crowd import Crowd


def test_twenty_operators_for_a_minute(lab):
    crowd = Crowd(lab, operators=20)
    crowd.queue(1500)
    crowd.work(seconds=45, talks=61)
    found = crowd.figures()
    assert found["dialled_twice"] == 0
    assert found["bridged"] > 60, found
    # A minute is short for a share: two of a hundred may be bad luck.
    assert found["abandoned"] <= 3 + 0.03 * found["bridged"], found
    # Half of their time on a quiet machine.
    assert found["utilisation"] > 0.3, found
