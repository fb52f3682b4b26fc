from . import consent, document, recording
