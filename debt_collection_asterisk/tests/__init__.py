from . import (
    test_dialler_campaign,
    test_dialler_door,
    test_dialler_keys,
    test_dialler_lease,
    test_dialler_operator,
    test_dialler_race,
    test_dialler_ui,
)
