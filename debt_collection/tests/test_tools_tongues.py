"""What debtors read and hear stands in each language of the laws, whole.

Read from the files that `./dev pot` keeps; the terms of screens are none of it.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

import polib
import pytest

from odoo.addons.debt_collection.tools import content

from devkit import tongues

ROOT = Path(__file__).parents[2]
ADDONS = sorted(path.parent for path in ROOT.glob("debt_collection*/i18n"))
PROMPTS = ROOT / "debt_collection_asterisk/data/debt_dialler_prompt_data.xml"
TEMPLATES = re.compile(r"model:(?:mail|sms)\.template,")
#: What is filled in, and what makes it HTML: the same in each language.
FILLED = re.compile(r"\{\{.*?\}\}|%\(\w+\)s|%s|\{\w+\}")
TAG = re.compile(r"<[^>]+>")
#: Fewer words do not tell their language.
SENTENCE = 8
#: What is left of a text where the rest is filled in, and is alike in some languages.
ALIKE = {"Date", "Questions"}


def _catalog(addon, language):
    file = addon / "i18n" / f"{language}.po"
    return polib.pofile(file) if file.exists() else polib.POFile()


def _owed(addon):
    """The terms of an addon that debtors read or hear."""
    return tongues.wanted(polib.pofile(addon / "i18n" / f"{addon.name}.pot"), "fr")


def _said(text):
    """The words of a text: neither tags nor what is filled in."""
    return re.sub(r"\s+", " ", TAG.sub(" ", FILLED.sub(" ", text))).strip(" .,:;!?'")


def _pairs(language):
    """Source and translation of each term that debtors read or hear."""
    for addon in ADDONS:
        found = {entry.msgid: entry for entry in _catalog(addon, language)}
        for term in _owed(addon):
            if not tongues.is_alike(term, language):
                yield term, found.get(term.msgid)


def test_there_are_texts_to_debtors():
    kinds = [
        place.partition(":")[0] + place.partition(":")[2].partition(",")[0]
        for addon in ADDONS
        for term in _owed(addon)
        for place, _line in term.occurrences
    ]
    for kind in ("modelmail.template", "modelsms.template", "model_termsir.ui.view"):
        assert kind in kinds
    assert any(kind.endswith("debtor_words.py") for kind in kinds)


@pytest.mark.parametrize("language", tongues.ALL)
def test_every_text_to_debtors_is_translated(language):
    missing = [
        term.msgid
        for term, entry in _pairs(language)
        if not (entry and entry.msgstr and "fuzzy" not in entry.flags)
    ]
    assert not missing


@pytest.mark.parametrize("language", tongues.ALL)
def test_what_is_filled_in_is_the_same_in_every_language(language):
    """Code and placeholders, and the tags in their order."""
    for term, entry in _pairs(language):
        for part in (FILLED, TAG):
            said = part.findall(entry.msgstr)
            assert sorted(said) == sorted(part.findall(term.msgid)), entry.msgstr
        depth = [tag.startswith("</") for tag in TAG.findall(entry.msgstr)]
        assert depth == [tag.startswith("</") for tag in TAG.findall(term.msgid)]


@pytest.mark.parametrize("language", tongues.ALL)
def test_nothing_is_left_in_english(language):
    for term, entry in _pairs(language):
        said = _said(entry.msgstr)
        assert said != _said(term.msgid) or not said or said in ALIKE, said
        if len(said.split()) >= SENTENCE:
            assert content.language(said) in (None, language[:2]), said


@pytest.mark.parametrize("language", tongues.OF_DEBTORS)
def test_the_files_of_debtors_hold_nothing_else(language):
    for addon in ADDONS:
        owed = {term.msgid for term in _owed(addon)}
        assert {entry.msgid for entry in _catalog(addon, language)} == owed


@pytest.mark.parametrize("language", tongues.WHOLE)
def test_the_screens_of_a_whole_language_are_whole(language):
    for addon in ADDONS:
        empty = _catalog(addon, language).untranslated_entries()
        assert not [one for one in empty if not tongues.is_alike(one, language)]


@pytest.mark.parametrize("language", tongues.WHOLE + tongues.GROWING)
def test_screens_keep_their_placeholders(language):
    for addon in ADDONS:
        for entry in _catalog(addon, language).translated_entries():
            said = sorted(FILLED.findall(entry.msgstr))
            assert said == sorted(FILLED.findall(entry.msgid)), entry.msgstr


def _prompts():
    """The shipped prompts as dicts, by kind and language."""
    prompts = {}
    for record in ElementTree.parse(PROMPTS).iter("record"):
        values = {field.get("name"): field for field in record}
        key = values["kind"].text, values["lang"].text
        original = values.get("original_id")
        prompts[key] = (
            values["text"].text,
            None if original is None else original.get("ref"),
        )
    return prompts


@pytest.mark.parametrize("language", [code[:2] for code in tongues.ALL])
def test_every_prompt_is_spoken_in_every_language(language):
    prompts = _prompts()
    for kind in {kind for kind, _lang in prompts}:
        source, _none = prompts[kind, "en"]
        text, original = prompts[kind, language]
        assert original == f"prompt_{kind}_en"
        assert sorted(FILLED.findall(text)) == sorted(FILLED.findall(source))
        # The keys to press.
        assert re.findall(r"\d", text) == re.findall(r"\d", source)
        assert content.language(text) in (None, language), text
        assert content.names_robot(text) is content.names_robot(source)
        assert kind == "promise" or not content.reveals(text)
