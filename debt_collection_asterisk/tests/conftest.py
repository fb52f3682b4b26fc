"""The laboratory's fixtures, and the dialler as a plain package, without Odoo."""

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
for path in (HERE.parent, HERE):
    if str(path) not in sys.path:
        sys.path.append(str(path))


@pytest.fixture(scope="session")
def telephony(tmp_path_factory):
    """Asterisk and the network behind it, for all tests of a run."""
    from lab import bench

    with bench.telephony(tmp_path_factory.mktemp("lab")) as found:
        yield found


@pytest.fixture
def lab(telephony, tmp_path):
    """A fresh Odoo and a fresh dialler on this network."""
    from lab.bench import Lab

    found = Lab(*telephony, tmp_path)
    try:
        yield found
    finally:
        found.close()


@pytest.fixture(scope="session")
def staff(tmp_path_factory):
    """A real Odoo with people in it, for all tests of a run."""
    from lab.office import Office
    from lab.whole import Staff

    office = Office(os.environ["DEBT_WHOLE_DB"], tmp_path_factory.mktemp("office"))
    try:
        office.start()
        yield Staff(office)
    finally:
        office.stop()


@pytest.fixture
def whole(staff, telephony, tmp_path):
    """That Odoo, and a fresh dialler on this network."""
    from lab.whole import Whole

    found = Whole(staff, *telephony, tmp_path)
    try:
        yield found
    finally:
        found.close()
