"""Which parts of a text are telephone numbers.

People write more into the field than a number: names, extensions, the day from which it
holds, the number of the contract.  A date or a reference that is taken for a number is
the number of a stranger, who would be dialled.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from phonenumbers import convert_alpha_characters_in_number

FEWEST_DIGITS, MOST_DIGITS = 5, 15
LONGEST = 500
# From how many digits on a text before a slash is a number and not an area code.
WHOLE_ABROAD, WHOLE, WHOLE_LOCAL = 10, 8, 7
# A reference and a telephone number behind it have more digits than this together.
MOST_IN_REFERENCE = 12

EXTENSION = r"""
    ext(?:ensi[oó]n)? | extn | poste | durchwahl | apparat | dw | anexo | ramal
    | interno | int | toestel | tst | wewn? | ankn(?:ytning)? | dahili
    | доб(?:авочный)? | внутр(?:енний)? | вн | дод(?:атковий)? | [\#xх]
"""
NUMBER = re.compile(
    rf"""
    (?P<number> (?: [+\uff0b] [\s(]{{0,5}} )? \(? \d
        [\d\s().~/\u2010-\u2015\u2212-]* )
    (?:
        [\s,;(]{{0,5}} (?: {EXTENSION} ) [\s.:=№]{{0,5}}
        (?P<extension> \d{{1,6}} ) \b
    |
        (?P<letters>
            (?<= [-.] ) [a-z] [a-z0-9.-]{{2,12}} \b
            | (?<= \s ) (?-i: [A-Z]{{4,10}} ) \b )
    )?
    """,
    re.IGNORECASE | re.VERBOSE,
)

# --- what looks like a number and is none ---

_BEFORE = r"(?<![\d+])(?<!\d[./\u2010-\u2015-])"
_AFTER = r"(?![./\u2010-\u2015-]?\d)"
_YEAR = r"(?:19|20)\d\d"
_MONTH_YEAR = rf"(?:(?:0?[1-9]|1[0-2])[./])?{_YEAR}"
_DASH = r"\s*[\u2010-\u2015-]\s*"
_HOUR = r"(?:[01]?\d|2[0-4])[.:](?:00|15|30|45)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
DATES = re.compile(
    rf"""{_BEFORE} (?:
        {_DAY} (?P<sep> [./-] ) {_DAY} (?P=sep) {_YEAR}
        | {_YEAR} (?P<iso> [./-] ) {_DAY} (?P=iso) {_DAY}
        | {_MONTH_YEAR} {_DASH} {_MONTH_YEAR}
        | (?:0?[1-9]|1[0-2]) [./] {_YEAR}
        | {_HOUR} {_DASH} {_HOUR}
    ) {_AFTER}""",
    re.VERBOSE,
)
# With a year of two digits, only behind a word that dates have: 21.10.86 may be one.
SHORT_DATES = re.compile(
    rf"""(?<!\w) (?: ab | bis | vom | seit | from | until | till? | since | born | dob
        | geb(?:oren)? | fra | vanaf | tot | depuis | jusqu['’]au | dal | al | desde
        | hasta | до | от | с | od | do ) \.? [:\s]\s*
        (?P<date> {_DAY} [./-] {_DAY} [./-] \d\d ) {_AFTER}""",
    re.VERBOSE | re.IGNORECASE,
)
# Numbers of things, whatever follows; and of persons, where "no." or "id" follows.
THINGS = r"""
    ref(?:erence|erenz|\.)? | réf(?:érence)? | invoice | inv | contract | order | case
    | dossier | file | policy | account | acct | vat | tax | ssn | ein | iban | bic
    | passport | zip | postcode | rechnung(?:s)? | vertrag(?:s)? | auftrag(?:s)?
    | aktenzeichen | az | steuer | ust | hrb | konto | blz | plz | kd\.?-?nr
    | kunden-?(?:nr|nummer) | facture | contrat | commande | siret | siren | tva
    | compte | factuur | bsn | kvk | btw | rekening | klant-?(?:nr|nummer) | factura
    | contrato | pedido | dni | nie | nif | cif | expediente | cuenta | fatura | cpf
    | cnpj | rg | fattura | contratto | ordine | pratica | p\.?\s?iva
    | cod(?:ice|\.)?\s?fisc(?:ale)? | faktura | umowa | nip | pesel | regon | cvr | cpr
    | org\.?\s?nr | personnr | kundenr | договор | дог | контракт | сч[её]т | инн | кпп
    | огрн | снилс | паспорт | заказ | заявка | л/с | лицевой(?:\sсч[её]т)? | накладная
    | иин | бин | жсн | бсн | договір | рахунок | єдрпоу | іпн | замовлення | pan
    | gstin | aadhaar | vergi
"""
PERSONS = (
    r"client | customer | debtor | kunde | klant | cliente | klient | клиент | tax"
)
_NO = r"(?: n[°oºr] | num(?:ber|mer|ero|éro)? | № | номер | id | код | code )"
REFERENCES = re.compile(
    rf"""(?<!\w) (?: (?: {THINGS} ) [а-яё]{{0,3}} (?: [\s.-]* {_NO} )?
        | (?: {PERSONS} ) [\s.-]* {_NO} | id | (?<!\w)№ )
        [\s.:\#№=-]* (?P<run> (?: [a-z]{{1,4}} [-/\s]? )? \d [\w/.-]*
            (?: \s [\d/.()-]+ )* )""",
    re.VERBOSE | re.IGNORECASE,
)
TELEPHONES = r"""(?: T|TEL|TELEFON|TELF|TLF|TF|TFN|PH|PHONE|P|M|MOB|MOBIL|MOBILE
    |GSM|CELL|FAX|F|W|WA|H|D|O|C|N|NR|NO|CALL|SMS|FON|HANDY|EXT|EXTN|INT|X|DW|POSTE)"""
# Codes such as BE0123456789, INV/2026/00012, DE89 3704 0044 …, 12345678Z.
CODES = re.compile(
    rf"""(?<!\w) [A-Z]{{2}} \d\d
            (?: \s? [A-Z0-9]{{4}} ){{2,7}} (?: \s? [A-Z0-9]{{1,3}} )? \b
        | (?<!\w) (?! {TELEPHONES} [-/]? \d ) [A-Z]{{1,6}} [-/]? \d [A-Z0-9/-]*
        | {_BEFORE} \d{{7,9}} [A-WYZ] \b""",
    re.VERBOSE,
)
# How Brazilians leave the carrier's code open: 0xx11.
CARRIER = re.compile(r"(?<![\w])0\s?[xX]{2}\s?(?=\d)")


class Found(NamedTuple):
    """A part of a text that may be a number.

    ``text``: the part as typed.  ``number``: it without its extension.  ``letters``:
    those that may stand for digits, as in 1-800-FLOWERS.  ``extension``: its digits.
    """

    text: str
    number: str
    letters: str = ""
    extension: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it has as many digits as a telephone number, letters included."""
        return len(digits(self.vanity)) >= FEWEST_DIGITS

    @property
    def vanity(self) -> str:
        """The number with the digits that its letters stand for."""
        return str(convert_alpha_characters_in_number(self.number + self.letters))


def digits(text: str) -> str:
    """Keep the digits of a text.

    >>> digits("0211 / 12-34")
    '02111234'
    """
    return re.sub(r"\D", "", text)


def numbers(raw: str | None) -> list[Found]:
    """Find what may be numbers in a text, in their order.

    Dates, hours, references and codes are none.  Whatever is not part of a number
    separates; a slash does after a whole number, not after an area code.  Pieces too
    short for a number are returned only when there is no other.

    >>> [one.text for one in numbers("0211/1234567 / 0171 1234567 (ab 05.10.1986)")]
    ['0211/1234567', '0171 1234567']
    >>> numbers("BSN 205505071")
    []
    """
    found = list(_pieces(_masked((raw or "").strip()[:LONGEST])))
    return [one for one in found if one.is_long] or found


def _masked(text: str) -> str:
    """Cross out what is no number, and keep every other character in its place."""
    text = CARRIER.sub(lambda match: "0".ljust(len(match[0])), text)
    text = REFERENCES.sub(_cross_reference, text)
    text = SHORT_DATES.sub(lambda match: "|" * len(match[0]), text)
    for pattern in (DATES, CODES):
        text = pattern.sub(lambda match: "|" * len(match[0]), text)
    return text


def _cross_reference(match: re.Match[str]) -> str:
    """Cross out a reference, but not the telephone number that may follow it."""
    run = match["run"]
    if len(digits(run)) > MOST_IN_REFERENCE:
        run = run.split()[0]
    crossed = match.start("run") - match.start() + len(run)
    return "|" * crossed + match[0][crossed:]


def _pieces(text: str) -> Iterator[Found]:
    for match in NUMBER.finditer(text):
        *first, last = _cut(match["number"])
        for piece in first:
            yield Found(_trimmed(piece), piece)
        rest = match[0][len(match["number"]) :]
        yield Found(
            _trimmed(last + rest),
            last,
            match["letters"] or "",
            match["extension"] or "",
        )


def _trimmed(text: str) -> str:
    return text.strip().lstrip(") ").rstrip("(.-/~ ")


def _cut(run: str) -> list[str]:
    """Cut a run of digits at slashes between numbers, and where it is two numbers."""
    first, *others = run.split("/")
    pieces = [first]
    for part in others:
        if _whole(pieces[-1], len(digits(part))):
            pieces.append(part)
        else:
            pieces[-1] += f"/{part}"
    return [half for piece in pieces for half in _halves(piece)]


def _whole(before: str, after: int) -> bool:
    """Tell whether a text before a slash is a number by itself."""
    found = digits(before)
    if before.startswith(("+", "\uff0b")) or found.startswith("00"):
        return len(found.removeprefix("00")) >= WHOLE_ABROAD
    return len(found) >= WHOLE or min(len(found), after) >= WHOLE_LOCAL


def _halves(piece: str) -> list[str]:
    """Cut two numbers with only a space between them where they are most alike."""
    if len(digits(piece)) <= MOST_DIGITS:
        return [piece]

    def unlike(cut: int) -> int:
        return abs(len(digits(piece[:cut])) - len(digits(piece[cut:])))

    cuts = [match.start() for match in re.finditer(r"\s+|\(", piece)]
    best = min(cuts, key=unlike, default=0)
    return [piece[:best], piece[best:]] if unlike(best) <= 2 else [piece]
