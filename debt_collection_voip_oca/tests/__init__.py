from . import test_softphone
from . import test_softphone_inbound
from . import test_softphone_types
from . import test_softphone_ui
