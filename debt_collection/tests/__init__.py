from . import test_access
from . import test_call
from . import test_claim
from . import test_demo
from . import test_gate
from . import test_race
from . import test_wizard
