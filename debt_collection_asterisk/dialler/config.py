"""The configuration: a TOML file, and environment variables that overrule it.

A key `url` of the section `[odoo]` is `DIALLER_ODOO_URL` in the environment.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any


class ConfigError(Exception):
    """The configuration is incomplete or wrong; the text says what to do."""


@dataclass
class Odoo:
    """Where Odoo is, and who we are there."""

    url: str = ""
    database: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)
    timeout: float = 10.0


@dataclass
class Pbx:
    """Asterisk's REST interface, and how numbers are dialled there."""

    url: str = "http://127.0.0.1:8088"
    user: str = "debt"
    password: str = field(default="", repr=False)
    app: str = "debt"
    #: {number} is +32…, {digits} the same without the plus
    dial: str = "PJSIP/{number}@trunk"
    #: the dialplan context that runs AMD() and comes back
    amd_context: str = "debt-amd"
    #: a dialplan context that leads nowhere: forwarded calls end there. None of that
    #: name need exist.
    forward_context: str = "debt-nowhere"
    #: the phone that rings for calls that come in while Odoo does not answer
    incoming_endpoint: str = ""
    #: at most so many numbers dialled in a second
    dials_per_second: int = 10
    #: seconds an operator's phone rings
    operator_ring: int = 20
    #: seconds after which the PBX itself drops an operator's waiting line
    operator_limit: int = 12 * 3600

    def endpoint(self, number: str) -> str:
        """How a number (E.164) is dialled here."""
        return self.dial.format(number=number, digits=number.lstrip("+"))


@dataclass
class Process:
    """The process itself."""

    state: str = "/var/lib/debt-dialler"
    #: where Asterisk reads the prompts; by default a folder of `state`
    prompts: str = ""
    #: pacing.py of the addon debt_collection; by default where the checkout has it
    pacing: str = ""
    log: str = "info"
    #: seconds between two exchanges with Odoo
    sync: float = 1.0


@dataclass
class Config:
    """All of it."""

    odoo: Odoo = field(default_factory=Odoo)
    pbx: Pbx = field(default_factory=Pbx)
    process: Process = field(default_factory=Process)

    @property
    def prompts(self) -> Path:
        """The folder of prompts that Asterisk plays."""
        return Path(self.process.prompts or Path(self.process.state) / "prompts")


REQUIRED = (("odoo", "url"), ("odoo", "key"), ("odoo", "secret"), ("pbx", "password"))


def load(path: str | None = None, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the file, then the environment, and say what is missing."""
    given = tomllib.loads(Path(path).read_text("utf-8")) if path else {}
    config = Config()
    for section in fields(config):
        part, values = getattr(config, section.name), given.pop(section.name, {})
        for key in fields(part):
            name = f"DIALLER_{section.name}_{key.name}".upper()
            value = environ.get(name, values.pop(key.name, None))
            if value is not None:
                setattr(part, key.name, _as(key.type, value, name))
        if values:
            raise ConfigError(f"Unknown in [{section.name}]: {', '.join(values)}.")
    if given:
        raise ConfigError(f"Unknown sections: {', '.join(given)}.")
    return _checked(config)


def _as(kind: Any, value: Any, name: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise ConfigError(f"{name}: {value!r} is no {kind.__name__}.") from None


def _checked(config: Config) -> Config:
    missing = [
        f"{key} in [{section}] (or {f'DIALLER_{section}_{key}'.upper()})"
        for section, key in REQUIRED
        if not getattr(getattr(config, section), key)
    ]
    if missing:
        raise ConfigError(f"Missing: {'; '.join(missing)}.")
    try:
        config.pbx.endpoint("+1")
    except (KeyError, ValueError, IndexError):
        raise ConfigError("`dial` in [pbx] knows {number} and {digits}.") from None
    try:
        bytes.fromhex(config.odoo.secret)
    except ValueError:
        raise ConfigError("The secret is not hexadecimal: copy it anew.") from None
    return config
