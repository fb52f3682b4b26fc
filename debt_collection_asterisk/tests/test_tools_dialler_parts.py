"""The small parts of the dialler: signatures, configuration, journal, menu, causes."""

import datetime
import doctest
import hashlib
import importlib
import pkgutil

import pytest

import dialler
from dialler import causes, config, signing
from dialler.campaign import load_pacing
from dialler.journal import Journal
from dialler.menu import Menu
from dialler.odoo import Odoo, OdooError, Refused, Replaced
from lab import sound
from lab.fake_odoo import SECRET, FakeOdoo

PATH = "/debt_collection/dialler/k/sync"
NOW = 1_800_000_000


@pytest.mark.parametrize(
    "name", [module.name for module in pkgutil.iter_modules(dialler.__path__)]
)
def test_examples(name):
    if name != "__main__":
        module = importlib.import_module(f"dialler.{name}")
        assert doctest.testmod(module).failed == 0


# --- signatures -----------------------------------------------------------------------
SENT = {
    signing.TIMESTAMP: "1700000000",
    signing.NONCE: "0" * 32,
    signing.DIGEST: hashlib.sha256(b"{}").hexdigest(),
    signing.RECORDING: '{"name": "one", "seconds": 1}',
}
VECTOR = "2f3ceef2a884edbebde9998ed7e405c3954a53f5ad9b32e1cab4675b15c03b72"


def test_the_signature_both_sides_agree_on():
    """The same vector stands in the tests of Odoo's side."""
    assert signing.signature("00" * 32, "POST", PATH, SENT) == VECTOR


def test_each_request_has_its_own_nonce_and_signature():
    first, second = (signing.headers("00", "POST", PATH, b"", NOW) for _ in range(2))
    assert first["X-Debt-Timestamp"] == second["X-Debt-Timestamp"] == str(NOW)
    assert first["X-Debt-Nonce"] != second["X-Debt-Nonce"]
    assert first["X-Debt-Signature"] != second["X-Debt-Signature"]


@pytest.mark.parametrize("name", SENT)
def test_every_header_is_signed(name):
    sent = SENT | {name: "0"}
    assert signing.signature("00" * 32, "POST", PATH, sent) != VECTOR


@pytest.mark.parametrize("method, target", [("GET", PATH), ("POST", PATH + "?a=1")])
def test_method_and_query_are_signed(method, target):
    assert signing.signature("00" * 32, method, target, SENT) != VECTOR


def test_what_is_told_of_a_recording_is_sent_and_signed():
    facts = SENT[signing.RECORDING]
    sent = signing.headers("00", "POST", PATH, b"{}", NOW, facts)
    assert sent[signing.RECORDING] == facts
    assert sent[signing.SIGNATURE] == signing.signature("00", "POST", PATH, sent)
    assert signing.RECORDING not in signing.headers("00", "POST", PATH, b"{}", NOW)


# --- configuration --------------------------------------------------------------------
ENOUGH = {
    "DIALLER_ODOO_URL": "https://odoo.example",
    "DIALLER_ODOO_KEY": "k",
    "DIALLER_ODOO_SECRET": "00ff",
    "DIALLER_PBX_PASSWORD": "hush",
}


def test_the_environment_overrules_the_file(tmp_path):
    path = tmp_path / "dialler.toml"
    path.write_text('[odoo]\nurl = "http://other"\n[process]\nsync = 2\n')
    found = config.load(path, ENOUGH | {"DIALLER_PBX_DIALS_PER_SECOND": "3"})
    assert found.odoo.url == "https://odoo.example"
    assert (found.process.sync, found.pbx.dials_per_second) == (2.0, 3)


def test_secrets_are_not_printed():
    text = repr(config.load(environ=ENOUGH))
    assert "00ff" not in text
    assert "hush" not in text


@pytest.mark.parametrize("missing", sorted(ENOUGH))
def test_what_is_missing_is_named(missing):
    rest = {key: value for key, value in ENOUGH.items() if key != missing}
    with pytest.raises(config.ConfigError, match=missing):
        config.load(environ=rest)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[pbx]\nport = 1", "Unknown in .pbx.: port"),
        ("[asterisk]\n", "Unknown sections: asterisk"),
        ("[process]\nsync = 'often'", "is no float"),
        ("[odoo]\nsecret = 'xyz'", "not hexadecimal"),
        ("[pbx]\ndial = 'PJSIP/{telephone}'", "{number} and {digits}"),
    ],
)
def test_a_slip_is_told(tmp_path, text, words):
    path = tmp_path / "dialler.toml"
    path.write_text(text)
    environ = {
        k: v for k, v in ENOUGH.items() if "secret" not in text or "SEC" not in k
    }
    with pytest.raises(config.ConfigError, match=words):
        config.load(path, environ)


def test_the_pace_is_odoos_own():
    assert load_pacing().Pacer("progressive").lines_to_dial(0, 3, 2, 1) == 2
    with pytest.raises(FileNotFoundError, match="pacing.py"):
        load_pacing("/nowhere/pacing.py")


# --- outcomes -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cause", "rang", "line"),
    [
        (17, True, "busy"),
        (21, True, "declined"),
        (1, False, "invalid"),
        (28, False, "invalid"),
        (34, False, "congestion"),
        (19, True, "no_answer"),
        (19, False, "switched_off"),
        (20, False, "switched_off"),
        (16, True, "no_answer"),
        (0, False, "failed"),
        (27, False, "failed"),
        (None, True, "unknown"),
    ],
)
def test_what_became_of_a_line(cause, rang, line):
    assert causes.line_of(cause, rang) == line


# --- the menu -------------------------------------------------------------------------
CHOICES = {"1": "operator", "2": "callback", "3": "promise", "9": "stop"}
TODAY = datetime.date(2026, 12, 20)


@pytest.mark.parametrize(
    ("keys", "choice"),
    [
        ("1", {"choice": "operator"}),
        ("52", {"choice": "callback"}),
        ("9", {"choice": "stop"}),
        ("32412", {"choice": "promise", "date": "2026-12-24"}),
        ("30501", {"choice": "promise", "date": "2027-01-05"}),
        ("3#", {"choice": "promise"}),
        ("33102", {"choice": "promise"}),
        ("31912", {"choice": "promise"}),
        ("57", None),
    ],
)
def test_keys_of_a_menu(keys, choice):
    menu = Menu(CHOICES, TODAY)
    found = [menu.press(key) for key in keys]
    assert found[-1] == choice
    assert not any(found[:-1])


@pytest.mark.parametrize(
    ("keys", "date"), [("3#", "2026-12-27"), ("32412", "2026-12-24"), ("32#", None)]
)
def test_the_hash_key_takes_the_day_that_was_offered(keys, date):
    """Any other key is the first of a day of his own."""
    menu = Menu(CHOICES, TODAY, "2026-12-27")
    found = [menu.press(key) for key in keys]
    assert found[-1] == {"choice": "promise"} | ({"date": date} if date else {})


def test_silence_promises_nothing_that_was_offered():
    menu = Menu(CHOICES, TODAY, "2026-12-27")
    menu.press("3")
    assert menu.silence() == {"choice": "promise"}


def test_silence_ends_a_date_but_chooses_nothing_else():
    menu = Menu(CHOICES, TODAY)
    assert menu.silence() is None
    menu.press("3")
    assert menu.silence() == {"choice": "promise"}


# --- the journal ----------------------------------------------------------------------
JOB = {"call_id": 42, "lease": "a"}


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal")


def test_a_job_is_taken_once(journal):
    assert journal.accept(JOB)
    assert not journal.accept(JOB)
    assert not journal.accept(JOB | {"lease": "b"})


def test_a_job_given_back_may_come_again_and_goes_on_counting(journal):
    journal.accept(JOB)
    assert journal.record(42, "ended", {}, NOW, "ended", back=True) == 1
    assert not journal.accept(JOB)
    assert journal.accept(JOB | {"lease": "b"})
    assert journal.record(42, "dialing", {}, NOW, "dialling") == 2
    journal.record(42, "ended", {}, NOW, "ended", back=False)
    assert not journal.accept(JOB | {"lease": "c"}), "it was dialled: never again"


def test_another_process_told_of_the_call_before(journal):
    journal.accept(JOB | {"first_seq": 5})
    assert journal.record(42, "dialing", {}, NOW) == 5


def test_events_stay_until_odoo_has_them(journal, tmp_path):
    journal.accept(JOB)
    for kind in ("dialing", "ringing", "answered"):
        journal.record(42, kind, {}, NOW)
    journal.close()
    again = Journal(tmp_path / "journal")
    assert [event["seq"] for event in again.outbox()] == [1, 2, 3]
    assert again.outbox()[0]["at"] == "2027-01-15T08:00:00Z"
    again.delivered([(42, 2)])
    assert [event["seq"] for event in again.outbox()] == [1, 3]


def test_old_jobs_are_forgotten_once_all_is_delivered(journal):
    journal.accept(JOB)
    journal.accept(JOB | {"call_id": 43})
    for call_id in (42, 43):
        journal.record(call_id, "ended", {}, NOW, "ended")
    journal.delivered([(42, 1)])
    journal.forget(NOW + 8 * 24 * 3600)
    assert journal.job(42) is None
    assert journal.job(43)


# --- the sounds of the laboratory -----------------------------------------------------
def test_tones_are_heard_where_they_are():
    samples, seconds = sound.samples_of(sound.wav(sound.tone(440, 0.5, 1000)))
    assert seconds == 0.5
    assert abs(sound.power(samples, 440) - 1000) < 50
    assert sound.power(samples, 1000) < 50
    assert sound.alaw(sound.quiet(0.01)) == sound.SILENCE * 80


# --- Odoo's end -----------------------------------------------------------------------
@pytest.fixture
def odoo():
    server = FakeOdoo()
    yield server
    server.close()


def client_of(server, instance="one", secret=SECRET):
    return Odoo(config.Odoo(url=server.url, key="k", secret=secret), instance)


SILENT = {"pbx_up": False, "live": [], "want": {}, "events": [], "operators": []}


def test_odoo_believes_who_knows_the_secret(odoo):
    answer = client_of(odoo).sync(SILENT | {"stats": {}})
    assert answer["jobs"] == []
    with pytest.raises(OdooError, match="401 bad_signature"):
        client_of(odoo, secret="00").sync(SILENT)


def test_the_older_of_two_is_replaced(odoo):
    older, newer = client_of(odoo), client_of(odoo, "two")
    for client in (older, newer):
        client.sync(SILENT | {"stats": {}})
    with pytest.raises(Replaced):
        older.sync(SILENT | {"stats": {}})


@pytest.mark.parametrize(
    ("status", "content", "final"),
    [
        (404, {"error": "unknown_call"}, True),
        (413, {"error": "too_large"}, True),
        (413, b"nginx", False),
        (404, b"nginx", False),
        (503, {"error": "down"}, False),
    ],
)
def test_what_is_refused_for_good(odoo, status, content, final):
    """Only Odoo's own word is final: a server between may be mended."""
    odoo.answer = lambda *_request: (status, content)
    with pytest.raises(OdooError) as caught:
        client_of(odoo).recording(42, "debt-42-1", 1.5, b"RIFF")
    assert isinstance(caught.value, Refused) == final


def test_an_error_does_not_tell_the_key():
    away = Odoo(config.Odoo("http://127.0.0.1:1", "", "hidden", "00", 1), "one")
    with pytest.raises(OdooError) as caught:
        away.sync({})
    assert str(caught.value) == "sync: ConnectionError"


def test_the_sound_of_a_call_is_handed_over(odoo):
    client_of(odoo).recording(42, "debt-42-1", 1.5, b"RIFF")
    assert odoo.recordings == {"debt-42-1": (42, 1.5, b"RIFF")}
