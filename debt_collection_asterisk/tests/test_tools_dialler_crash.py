"""Whenever the dialler dies: nobody is dialled twice, and everything is told.

The process is let die before and after each write to its journal and each request to
the PBX, one after the other, and started again over the same journal and PBX.
"""

import hashlib
import itertools

import pytest

from dialler.journal import Journal
from lab.fakes import Crash, World

DEBTOR, OPERATOR, WAITING = "debt-42-debtor", "debt-42-operator", "debt-op-1-line"


class Bomb:
    """Goes off at one of the steps that it counts."""

    def __init__(self, at=None):
        self.at, self.count = at, 0

    def step(self, _when):
        """Count, and perhaps die."""
        self.count += 1
        if self.count == self.at:
            raise Crash


def mined(bomb):
    """A journal that may die before and after it reaches the disk."""

    class Mined(Journal):
        def __init__(self, path):
            super().__init__(path)
            # Only the process dies here, not the machine: no need to wait for disks.
            self._db.execute("PRAGMA synchronous = OFF")

        def _commit(self):
            bomb.step("before")
            result = super()._commit()
            bomb.step("after")
            return result

    return Mined


def answers(world, channel):
    """A phone is picked up, if it rings."""
    if channel in world.pbx.states:
        world.pbx.picks_up(channel)


def by_hand(world):
    """A recorded conversation by click-to-call, which the debtor ends."""
    world.by_hand(42, record=True)
    yield 2
    answers(world, OPERATOR)
    yield 1
    if DEBTOR in world.pbx.states:
        world.pbx.rings(DEBTOR)
    yield 1
    answers(world, DEBTOR)
    yield 2
    if DEBTOR in world.pbx.states:
        world.pbx.end(DEBTOR, 16)
    yield 2


def by_campaign(world):
    """A call that a waiting operator gets, whose line stays."""
    world.campaign(1, "progressive")
    world.operator(1)
    yield 2
    answers(world, WAITING)
    yield 2
    world.job(42, mode="progressive", campaign_id=1, record=True)
    yield 3
    answers(world, DEBTOR)
    yield 2
    if DEBTOR in world.pbx.states:
        world.pbx.end(DEBTOR, 16)
    yield 2


CALLER = "1796033993.7"


def came_in(world):
    """A call that came in: announced, recorded; the caller hangs up."""
    world.odoo.sounds[5] = b"RIFF"
    prompt = {"id": 5, "sha1": hashlib.sha1(b"RIFF").hexdigest()}
    phones = [{"user_id": 7, "endpoint": "PJSIP/100"}]
    known = {"call_id": 42, "record": {"announcement": prompt}}
    world.odoo.for_whom = {"phones": phones} | known
    yield 1
    world.pbx.comes_in(CALLER, "+32470998877")
    yield 2
    for phone in [c for c in world.pbx.states if c != CALLER]:
        answers(world, phone)
    yield 2
    for said in list(world.pbx.playing):
        world.pbx.played(said)
    yield 2
    if CALLER in world.pbx.states:
        world.pbx.end(CALLER, 16)
    yield 2


def play(world, story, bomb):
    """Tell the story; where the process dies, let it lie for a while and go on."""

    def guarded(action):
        try:
            action()
        except Crash:
            world.crash()
            bomb.at = None
            world.start()
            world.run(1)

    guarded(world.start)
    for seconds in story(world):
        guarded(lambda seconds=seconds: world.run(seconds))
    # Whoever still talks hangs up in the end.
    for channel in [c for c in world.pbx.states if c != WAITING]:
        world.pbx.end(channel, 16)
    guarded(lambda: world.run(30))
    world.run(30)


def steps(tmp_path, story):
    """How many steps there are when nothing happens."""
    world, bomb = World(tmp_path), Bomb()
    world.journal_class, world.pbx.step = mined(bomb), bomb.step
    play(world, story, bomb)
    assert world.odoo.story(42)[-1] in ("ended", "recorded")
    assert "bridged" in world.odoo.story(42)
    return bomb.count


@pytest.mark.parametrize("story", [by_hand, by_campaign])
def test_a_crash_at_any_step(tmp_path, story):
    (tmp_path / "whole").mkdir()
    total = steps(tmp_path / "whole", story)
    assert total > 50
    for at in range(1, total + 1):
        folder = tmp_path / str(at)
        folder.mkdir()
        world, bomb = World(folder), Bomb(at)
        world.journal_class, world.pbx.step = mined(bomb), bomb.step
        play(world, story, bomb)
        check(world, f"{story.__name__}, step {at}: {world.odoo.story(42)}")


def check(world, where):
    """What must hold whatever happened."""
    assert world.pbx.originated[DEBTOR] <= 1, where
    assert not world.journal.live(), where
    assert not world.journal.outbox(), where
    assert not world.journal.recordings(), where
    told = world.odoo.story(42)
    assert world.odoo.numbers(42) == list(range(1, len(told) + 1)), where
    # Where Odoo's answer was lost with the process, its lease runs out by itself.
    leased = bool(told)
    assert told.count("ended") == leased, where
    if world.pbx.originated[DEBTOR]:
        assert "dialing" in told, where
    if world.odoo.asked and "dialing" not in told:
        (ended,) = world.odoo.values(42, "ended")
        assert ended["line"] in ("unknown", "cancelled"), where
    assert set(world.pbx.states) <= {WAITING}, where
    assert set(world.pbx.bridged) <= {f"{WAITING}-bridge"}, where
    recorded = world.odoo.values(42, "recorded")
    assert len(recorded) <= 1, where


def conversation(world):
    world.by_hand(42, record=True)
    world.run(2)
    world.pbx.picks_up(OPERATOR)
    world.run(1)
    world.pbx.picks_up(DEBTOR)
    world.run(2)


def test_a_conversation_goes_on_through_a_crash(tmp_path):
    world = World(tmp_path).start()
    conversation(world)
    world.crash()
    world.start()
    world.run(5)
    assert set(world.pbx.states) == {DEBTOR, OPERATOR}
    assert ("stop_recording", "debt-42-1") not in world.pbx.asked
    world.pbx.end(OPERATOR, 16)
    world.run(3)
    (ended,) = world.odoo.values(42, "ended")
    assert (ended["line"], ended["by"]) == ("answered", "operator")
    assert world.odoo.uploads == {"debt-42-1": 42}


def test_a_conversation_that_ended_meanwhile(tmp_path):
    world = World(tmp_path).start()
    conversation(world)
    world.crash()
    world.pbx.end(DEBTOR, 16)
    world.start()
    world.run(5)
    (ended,) = world.odoo.values(42, "ended")
    assert (ended["line"], ended["by"]) == ("answered", "pbx")
    assert not world.pbx.states


def test_a_phone_that_rings_is_taken_over(tmp_path):
    world = World(tmp_path).start()
    world.job(42, operator={"user_id": 7, "endpoint": "x"})
    world.run(2)
    world.pbx.rings(DEBTOR)
    world.run(1)
    world.crash()
    world.start()
    world.run(1)
    assert set(world.pbx.states) == {DEBTOR}
    world.pbx.end(DEBTOR, 17)
    world.run(2)
    assert world.odoo.values(42, "ended")[0]["line"] == "busy"


def test_the_stream_breaks_while_a_phone_rings(tmp_path):
    """Nobody would put him through: the phone stops ringing."""
    world = World(tmp_path).start()
    world.job(42, operator={"user_id": 7, "endpoint": "x"})
    world.run(2)
    world.pbx.rings(DEBTOR)
    world.run(1)
    world.disconnect()
    assert not world.pbx.states
    world.connect()
    world.run(2)
    assert world.odoo.values(42, "ended")[0]["line"] == "cancelled"


def test_nothing_is_dialled_while_the_stream_is_down(tmp_path):
    world = World(tmp_path).start(connect=False)
    world.by_hand(42)
    world.run(5)
    assert world.odoo.told["pbx_up"] is False
    world.connect()
    world.run(2)
    assert world.pbx.originated[OPERATOR] == 1
    world.pbx.picks_up(OPERATOR)
    world.disconnect()
    world.run(5)
    assert world.pbx.originated[DEBTOR] == 0


def test_the_stream_breaks_while_odoo_thinks(tmp_path):
    """The yes is not used before the stream is back; and only once."""
    world = World(tmp_path).start()
    world.job(42, operator={"user_id": 7, "endpoint": "x"})
    world.odoo.on_dial = world.disconnect
    world.run(2)
    assert world.odoo.asked
    assert world.pbx.originated[DEBTOR] == 0
    world.odoo.on_dial = lambda: None
    world.connect()
    world.run(2)
    assert world.pbx.originated[DEBTOR] == 1
    assert len(set(world.odoo.asked)) == 1, "the same question"


def test_who_talks_goes_on_talking_while_the_stream_is_down(tmp_path):
    world = World(tmp_path).start()
    conversation(world)
    world.disconnect()
    world.run(3)
    world.connect()
    world.run(3)
    assert set(world.pbx.states) == {DEBTOR, OPERATOR}
    assert "ended" not in world.odoo.story(42)


def test_the_pbx_died_during_a_conversation(tmp_path):
    world = World(tmp_path).start()
    conversation(world)
    world.disconnect()
    world.pbx.states.clear()
    world.pbx.bridged.clear()
    world.connect()
    world.run(3)
    assert world.odoo.values(42, "ended")[0]["by"] == "pbx"
    assert not world.pbx.states


def test_strangers_are_left_alone_and_orphans_are_hung_up(tmp_path):
    world = World(tmp_path)
    world.pbx.states = {"1700000000.1": "Up", "debt-99-debtor": "Up"}
    world.pbx.bridged = {"conference": set(), "debt-99-operator-bridge": set()}
    world.start()
    world.run(1)
    assert set(world.pbx.states) == {"1700000000.1"}
    assert set(world.pbx.bridged) == {"conference"}


def test_the_end_in_good_order(tmp_path):
    world = World(tmp_path).start()
    conversation(world)
    world.campaign(1, "progressive")
    world.job(43, mode="progressive", campaign_id=1)
    world.run(2)
    world.engine.stop()
    world.run(3)
    assert world.engine.settled
    assert world.odoo.values(43, "ended")[0]["reason"] == "stopping"
    assert set(world.pbx.states) == {DEBTOR, OPERATOR}, "who talks goes on talking"


def test_a_crash_at_any_step_of_a_call_that_came_in(tmp_path):
    """Nothing is kept of whom no proof says that he was told; its end is told, too."""
    for at in itertools.count(1):
        folder = tmp_path / str(at)
        folder.mkdir()
        world, bomb = World(folder), Bomb(at)
        world.journal_class, world.pbx.step = mined(bomb), bomb.step
        play(world, came_in, bomb)
        told = world.odoo.came_in
        where = f"step {at}: {told}"
        assert not world.pbx.states, where
        assert not world.journal.untold_calls(), where
        assert not world.journal.talks_that_came_in(), where
        assert not world.journal.recordings(), where
        assert not world.pbx.recordings, where
        assert "announced" in told or not world.odoo.uploads, where
        assert ("answered" in told) == ("ended" in told), where
        if bomb.at:
            break
    assert at > 20
    assert list(world.odoo.uploads.values()) == [42]
