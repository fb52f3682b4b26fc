"""Merge an export into an addon's i18n folder, or compare them; needs polib.

python -m devkit.merge update|check EXPORT.pot FOLDER LANGUAGE...
"""

import sys
from pathlib import Path

import polib

#: They change with every export and say nothing.
DATES = ("POT-Creation-Date", "PO-Revision-Date")
SHOWN = 10


def main(action, export, folder, *languages):
    """Exit with 1 when a check finds something."""
    template = polib.pofile(export)
    for date in DATES:
        del template.metadata[date]
    folder = Path(folder)
    template_file = folder / f"{folder.parent.name}.pot"
    files = [folder / f"{language}.po" for language in languages]
    if action == "update":
        return _update(template, template_file, files)
    return _check(template, template_file, files)


def _update(template, template_file, files):
    template_file.parent.mkdir(exist_ok=True)
    template.save(template_file)
    order = {_key(entry): number for number, entry in enumerate(template)}
    for file in files:
        catalog = polib.pofile(file) if file.exists() else polib.POFile()
        known = {key: value for key, value in catalog.metadata.items() if value}
        catalog.metadata = template.metadata | known | {"Language": file.stem}
        catalog.merge(template)
        for entry in catalog.obsolete_entries():
            catalog.remove(entry)
        catalog.sort(key=lambda entry: order[_key(entry)])
        catalog.save(file)
        print(f"  {file.name}: {len(catalog.untranslated_entries())} not translated")
    return 0


def _check(template, template_file, files):
    committed = polib.pofile(template_file) if template_file.exists() else ()
    found = _differences(_terms(template), _terms(committed), template_file.name)
    for file in files:
        catalog = polib.pofile(file) if file.exists() else polib.POFile()
        found += _differences(_terms(template), _terms(catalog), file.name)
        unfinished = catalog.untranslated_entries() + catalog.fuzzy_entries()
        found += [f"{file.name}: not translated: {one.msgid}" for one in unfinished]
    for line in found[:SHOWN]:
        print(f"  {line}")
    if len(found) > SHOWN:
        print(f"  … and {len(found) - SHOWN} more")
    return int(bool(found))


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
