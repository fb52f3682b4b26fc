from . import debt_demo
from . import debt_demo_ledger
from . import debt_demo_calls
from . import debt_demo_cases
from . import debt_demo_reviews
