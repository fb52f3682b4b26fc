from . import consent, document, portal, recording
