"""`python3 -m dialler`."""

import sys

from .main import main

sys.exit(main())
