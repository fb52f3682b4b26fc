from . import dialler
