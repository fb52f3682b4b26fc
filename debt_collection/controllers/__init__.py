from . import consent, recording
