"""A package of documents for somebody who knows nothing of Odoo: one ZIP file.

Tables in it are read by spreadsheet programs, so they are made as those want them, and
nothing that a debtor wrote may become a formula there.
"""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

#: With one of these at its beginning, a cell is a formula to a spreadsheet program.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
#: Files have no time of their own: the same documents make the same package.
DATED = (1980, 1, 1, 0, 0, 0)
LONGEST_NAME = 80

Cell = str | int | float | Decimal | bool | date | None


def defused(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula.

    >>> defused("=HYPERLINK(A1)"), defused("+32 470 12"), defused("ordinary - text")
    ("'=HYPERLINK(A1)", "'+32 470 12", 'ordinary - text')
    >>> defused("  =1+1")
    "'  =1+1"
    """
    stripped = text.lstrip(" ")
    return f"'{text}" if text.startswith(FORMULA) or stripped[:1] in FORMULA else text


def cell(value: Cell, point: str = ".") -> str:
    """Return a value as it stands in a table, numbers as numbers.

    >>> cell(-1234.5, ","), cell(date(2026, 3, 10)), cell(True), cell(None)
    ('-1234,50', '2026-03-10', '1', '')
    >>> cell(datetime(2026, 3, 10, 9, 5)), cell(7), cell("-7")
    ('2026-03-10 09:05:00', '7', "'-7")
    >>> cell(Decimal("-1234.567"), ","), cell(Decimal("1500"))
    ('-1234,567', '1500')
    """
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case datetime():
            return value.isoformat(" ", "seconds")
        case date() | int():
            return str(value)
        case Decimal():
            return f"{value:f}".replace(".", point)
        case float():
            return f"{value:.2f}".replace(".", point)
    return defused(value)


def table(
    heads: Sequence[str], rows: Iterable[Sequence[Cell]], point: str = "."
) -> bytes:
    r"""Return a CSV file that a spreadsheet program opens by a double click.

    It is marked as UTF-8, and where numbers have a decimal comma, cells are parted by
    semicolons: that is what those programs expect there.

    >>> table(["Day", "Sum"], [[date(2026, 3, 10), 7.5]], ",").decode()
    '\ufeffDay;Sum\r\n2026-03-10;7,50\r\n'
    >>> table(["Text"], [["says \"no\", twice"]]).decode()
    '\ufeffText\r\n"says ""no"", twice"\r\n'
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";" if point == "," else ",")
    writer.writerow([defused(head) for head in heads])
    writer.writerows([cell(value, point) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def file_name(text: str, ending: str, taken: Iterable[str] = ()) -> str:
    """Return a name that every system takes, and that no file has yet.

    >>> file_name("INV/2026/00007", "pdf")
    'INV-2026-00007.pdf'
    >>> file_name("../..", "pdf"), file_name("Счёт 7", "pdf", ["Счёт 7.pdf"])
    ('document.pdf', 'Счёт 7 (2).pdf')
    """
    stem = re.sub(r"[^\w ()+,=-]+", "-", text).strip(" -")[:LONGEST_NAME] or "document"
    name, number, known = f"{stem}.{ending}", 1, {one.casefold() for one in taken}
    while name.casefold() in known:
        number += 1
        name = f"{stem} ({number}).{ending}"
    return name


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP of files by their paths; the same files make the same bytes.

    >>> one = pack({"index.html": b"x"})
    >>> one == pack({"index.html": b"x"}), zipfile.ZipFile(io.BytesIO(one)).namelist()
    (True, ['index.html'])
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            info = zipfile.ZipInfo(path, DATED)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return stream.getvalue()


def checksum(content: bytes) -> str:
    """Return the SHA-256 of a file, as people compare it.

    >>> checksum(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()
