"""All settings as one validated model: what may be written, and what it means."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from tui.settings import desk
from tui.settings.accounts import Account
from tui.settings.fields import (
    Hours,
    KeyTable,
    Listen,
    LogLevel,
    Region,
    Theme,
    Url,
    Words,
    WordTable,
)

_ACCOUNT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_DEFAULT = desk.Desk()
_QUIET = _DEFAULT.notifications


class Notifications(BaseModel):
    """How an agent is told of a new text while looking elsewhere."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    bell: bool = _QUIET.bell
    """Ring the terminal's bell."""
    desktop: bool = _QUIET.desktop
    """Ask the terminal for a desktop notification."""
    every_seconds: float = Field(_QUIET.every_seconds, ge=0, le=3600)
    """At most one in this time."""


class Settings(BaseSettings):
    """Everything that can be set. Layers come in strongest first (see `tui.settings.sources`)."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    database: Path | None = None
    """The inbox file; default: inbox.db in the data directory."""
    agent: str = Field("", max_length=40)
    """Who sits here, as colleagues see it; default: the name of the system's user."""
    group_access: bool = _DEFAULT.group_access
    """Share the inbox file with its group (mode 0660 in place of 0600)."""
    theme: Theme = "dark"
    """Colours: dark, light, high-contrast, or the terminal's own sixteen."""
    ascii: bool | None = _DEFAULT.ascii
    """Plain ASCII badges and borders; default: as the terminal suggests."""
    enter_sends: bool = _DEFAULT.enter_sends
    """Enter sends and Alt+Enter breaks the line; false swaps them."""
    default_region: Region | None = _DEFAULT.default_region
    """Two-letter country of numbers typed without a country code."""
    grace_seconds: float = Field(_DEFAULT.grace_seconds, ge=0, le=300)
    """How long a message can be taken back before it goes out."""
    quiet_hours: Hours = _DEFAULT.quiet_hours
    """Hours in which sending asks first, by the customer's clock: "20-8", or "off"."""
    poll_min_seconds: float = Field(_DEFAULT.poll_min_seconds, ge=0.1, le=3600)
    """Between two polls while something is expected."""
    poll_max_seconds: float = Field(_DEFAULT.poll_max_seconds, ge=0.1, le=86400)
    """Between two polls of a quiet account."""
    listen: Listen = _DEFAULT.listen
    """HOST:PORT on which pushed replies and receipts are taken in; default: nowhere."""
    public_url: Url = _DEFAULT.public_url
    """How providers reach the listener, put into sent messages as their callback address."""
    keys: KeyTable = Field(default_factory=dict)
    """Command id to a key or a list of keys."""
    notifications: Notifications = Notifications()
    """Bell and desktop notifications."""
    downloads: str = Field(_DEFAULT.downloads, min_length=1)
    """Directory into which files of customers are saved."""
    pipe: str = _DEFAULT.pipe
    """The command offered when a conversation is piped to one; empty: none."""
    log_level: LogLevel = "info"
    """The least that goes to the log file."""
    opt_out_words: WordTable = Field(default_factory=dict)
    """Further words that mean STOP, by two-letter country (`*`: everywhere)."""
    silent_after_minutes: int = Field(_DEFAULT.silent_after_minutes, ge=0, le=100_000)
    """Raise an alarm when an account brings nothing for so long; 0: never."""
    secrets_dir: Path | None = None
    """Directory of secret files, each named like `support_au__api_secret`."""
    accounts: dict[str, Account] = Field(default_factory=dict)
    """Provider accounts by name: small letters, digits, - and _."""

    def __init__(self, *layers: Mapping[str, Any]) -> None:
        """Merge the layers, strongest first, and validate; raises `pydantic.ValidationError`."""
        super().__init__(layers=layers)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only the layers handed in: the process's own environment is never read behind them."""
        layers = init_settings()["layers"]
        return tuple(InitSettingsSource(settings_cls, dict(layer)) for layer in layers)

    @field_validator("opt_out_words")
    @classmethod
    def _countries(cls, words: dict[str, Words]) -> dict[str, Words]:
        """Countries in capitals."""
        if any(country != "*" and len(country) != 2 for country in words):
            raise ValueError('has a key that is neither a two-letter country nor "*"')
        return {country.upper(): texts for country, texts in words.items()}

    @field_validator("accounts")
    @classmethod
    def _names(cls, accounts: dict[str, Account]) -> dict[str, Account]:
        """Names that can stand in a path, in a file's name and in a variable's name."""
        for name in accounts:
            if not _ACCOUNT_NAME.fullmatch(name) or "__" in name:
                raise ValueError(
                    f'cannot have an account named "{name}"; use small letters, digits, - and _'
                )
        return accounts

    @model_validator(mode="after")
    def _paces_in_order(self) -> "Settings":
        """The quick pace is not slower than the slow one."""
        if self.poll_min_seconds > self.poll_max_seconds:
            raise ValueError("poll_min_seconds is more than poll_max_seconds; swap them")
        return self
