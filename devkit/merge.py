"""Merge an export into an addon's i18n folder, or compare them; needs polib.

python -m devkit.merge update|check EXPORT.pot FOLDER
"""

import sys
from pathlib import Path

import polib

from . import tongues

#: They change with every export and say nothing.
DATES = ("POT-Creation-Date", "PO-Revision-Date")
SHOWN = 10


def main(action, export, folder):
    """Exit with 1 when a check finds something."""
    template = polib.pofile(export)
    for date in DATES:
        del template.metadata[date]
    folder = Path(folder)
    template_file = folder / f"{folder.parent.name}.pot"
    if action == "update":
        return _update(template, template_file)
    return _check(template, template_file)


def _update(template, template_file):
    template_file.parent.mkdir(exist_ok=True)
    template.save(template_file)
    for language in tongues.ALL:
        file = template_file.with_name(f"{language}.po")
        if terms := tongues.wanted(template, language):
            _merge(template, terms, file)
        else:
            file.unlink(missing_ok=True)
    return 0


def _merge(template, terms, file):
    """Bring one language's file up to date with the terms that belong into it."""
    fresh = polib.POFile()
    fresh.extend(terms)
    order = {_key(entry): number for number, entry in enumerate(terms)}
    catalog = polib.pofile(file) if file.exists() else polib.POFile()
    known = {key: value for key, value in catalog.metadata.items() if value}
    catalog.metadata = template.metadata | known | {"Language": file.stem}
    catalog.merge(fresh)
    for entry in catalog.obsolete_entries():
        catalog.remove(entry)
    catalog.sort(key=lambda entry: order[_key(entry)])
    catalog.save(file)
    owed = len(_unfinished(catalog, file.stem))
    empty = catalog.untranslated_entries()
    later = sum(not tongues.is_alike(entry, file.stem) for entry in empty) - owed
    print(f"  {file.name}: {owed} not translated, {later} not yet")


def _check(template, template_file):
    committed = polib.pofile(template_file) if template_file.exists() else ()
    found = _differences(_terms(template), _terms(committed), template_file.name)
    for language in tongues.ALL:
        file = template_file.with_name(f"{language}.po")
        catalog = polib.pofile(file) if file.exists() else polib.POFile()
        wanted = _terms(tongues.wanted(template, language))
        found += _differences(wanted, _terms(catalog), file.name)
        unfinished = _unfinished(catalog, language)
        found += [f"{file.name}: not translated: {one.msgid}" for one in unfinished]
    for line in found[:SHOWN]:
        print(f"  {line}")
    if len(found) > SHOWN:
        print(f"  … and {len(found) - SHOWN} more")
    return int(bool(found))


def _unfinished(catalog, language):
    """The terms that must be translated into a language and are not."""
    unfinished = catalog.untranslated_entries() + catalog.fuzzy_entries()
    return [entry for entry in unfinished if tongues.is_owed(entry, language)]


def _differences(wanted, have, name):
    return [f"{name}: missing: {key[1]}" for key in wanted if key not in have] + [
        f"{name}: no longer used: {key[1]}" for key in have if key not in wanted
    ]


def _key(entry):
    return entry.msgctxt, entry.msgid


def _terms(catalog):
    return {_key(entry): entry for entry in catalog if not entry.obsolete}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
