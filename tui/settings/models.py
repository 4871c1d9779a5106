"""Define all settings as one validated model: their names, values and meanings."""

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

from tui.settings import public
from tui.settings.accounts import AnyAccount
from tui.settings.fields import (
    KeyTable,
    ListenField,
    LogLevel,
    QuietHoursField,
    Region,
    TextList,
    TextListTable,
    Theme,
    Url,
)

_ACCOUNT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_DEFAULTS = public.Preferences()
_NOTIFICATION_DEFAULTS = _DEFAULTS.notifications


class NotificationSettings(BaseModel):
    """How an agent is notified of a new message while looking elsewhere."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    bell: bool = _NOTIFICATION_DEFAULTS.bell
    """Sound the terminal alert."""
    desktop: bool = _NOTIFICATION_DEFAULTS.desktop
    """Send a desktop notification through the terminal."""
    every_seconds: float = Field(_NOTIFICATION_DEFAULTS.every_seconds, ge=0, le=3600)
    """Minimum time between two notifications."""


class Settings(BaseSettings):
    """All settings. Layers are given strongest first (see `tui.settings.sources`)."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    database: Path | None = None
    """Database file of the inbox; default: inbox.db in the data directory."""
    agent: str = Field("", max_length=40)
    """Name of the agent, as colleagues see it; default: the name of the system's user."""
    group_access: bool = _DEFAULTS.group_access
    """Share the database file with its group (mode 0660 in place of 0600)."""
    theme: Theme = "dark"
    """Colours: dark, light, high-contrast, or the terminal's own sixteen."""
    ascii: bool | None = _DEFAULTS.ascii
    """Plain ASCII badges and borders; default: depends on the terminal."""
    enter_sends: bool = _DEFAULTS.enter_sends
    """Enter sends and Alt+Enter breaks the line; false swaps them."""
    default_region: Region | None = _DEFAULTS.default_region
    """Country (ISO, like AU) of numbers typed without a country code."""
    grace_seconds: float = Field(_DEFAULTS.grace_seconds, ge=0, le=300)
    """How long a message can be cancelled before it is submitted."""
    quiet_hours: QuietHoursField = _DEFAULTS.quiet_hours
    """Hours in which sending needs confirmation, by the customer's clock: "20-8", or "off"."""
    poll_min_seconds: float = Field(_DEFAULTS.poll_min_seconds, ge=0.1, le=3600)
    """Time between two polls while a reply or receipt is expected."""
    poll_max_seconds: float = Field(_DEFAULTS.poll_max_seconds, ge=0.1, le=86400)
    """Time between two polls of an inactive account."""
    listen: ListenField = _DEFAULTS.listen
    """HOST:PORT on which pushed replies and receipts are received; default: nowhere."""
    public_url: Url = _DEFAULTS.public_url
    """How providers reach the listener; becomes the callback address in sent messages."""
    keys: KeyTable = Field(default_factory=dict)
    """Command id to a key or a list of keys."""
    notifications: NotificationSettings = NotificationSettings()
    """Terminal alert and desktop notifications."""
    downloads: str = Field(_DEFAULTS.downloads, min_length=1)
    """Directory into which files of customers are saved."""
    pipe: str = _DEFAULTS.pipe
    """Command suggested when a conversation is piped to a program; empty: none."""
    log_level: LogLevel = "info"
    """Lowest level that is written to the log file."""
    opt_out_words: TextListTable = Field(default_factory=dict)
    """Additional keywords that mean STOP, by ISO country (`*`: everywhere)."""
    silent_after_minutes: int = Field(_DEFAULTS.silent_after_minutes, ge=0, le=100_000)
    """Warn if an account delivers nothing for this long; 0: never."""
    secrets_dir: Path | None = None
    """Directory of secret files, each named like `support_au__api_secret`."""
    accounts: dict[str, AnyAccount] = Field(default_factory=dict)
    """Provider accounts by name: a to z, digits, - and _."""

    def __init__(self, *layers: Mapping[str, Any]) -> None:
        """Merge and validate the layers; raise `pydantic.ValidationError` if they are not valid.

        Args:
            layers: Values of each source, strongest first.
        """
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
        """Use only the given layers: the environment of the process is never read directly."""
        layers = init_settings()["layers"]
        return tuple(InitSettingsSource(settings_cls, dict(layer)) for layer in layers)

    @field_validator("opt_out_words")
    @classmethod
    def _validate_countries(cls, keywords: dict[str, TextList]) -> dict[str, TextList]:
        """Return the table with its countries in capitals."""
        if any(country != "*" and len(country) != 2 for country in keywords):
            raise ValueError('has a key that is neither a two-letter country nor "*"')
        return {country.upper(): texts for country, texts in keywords.items()}

    @field_validator("accounts")
    @classmethod
    def _validate_account_names(cls, accounts: dict[str, AnyAccount]) -> dict[str, AnyAccount]:
        """Require names that are valid in a path, a file name and a variable name."""
        for name in accounts:
            # "__" separates the parts of a variable's name.
            if not _ACCOUNT_NAME.fullmatch(name) or "__" in name:
                raise ValueError(
                    f'cannot have an account named "{name}"; use small letters, digits, - and _'
                )
        return accounts

    @model_validator(mode="after")
    def _check_poll_interval(self) -> "Settings":
        """Require that the short poll interval is not longer than the long one."""
        if self.poll_min_seconds > self.poll_max_seconds:
            raise ValueError("poll_min_seconds is more than poll_max_seconds; swap them")
        return self
