from . import (
    test_dialler_access,
    test_dialler_campaign,
    test_dialler_demo,
    test_dialler_door,
    test_dialler_field,
    test_dialler_incoming,
    test_dialler_keys,
    test_dialler_lease,
    test_dialler_operator,
    test_dialler_race,
    test_dialler_reported,
    test_dialler_ui,
)
