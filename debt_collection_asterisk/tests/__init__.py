from . import test_dialler_door
