"""Make the model that validates all settings.

The general settings are listed in `public.GeneralSettings`, those of accounts in `accounts.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    create_model,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from tui.domain.web_addresses import is_unencrypted
from tui.settings import fields as field_types
from tui.settings.accounts import AnyAccount
from tui.settings.fields import TextList
from tui.settings.public import GeneralSettings

_ACCOUNT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_TABLE_CONFIG = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def resolve_types(table: type) -> dict[str, Any]:
    """Return the type of each field of a dataclass in `public`, with what validates it.

    Args:
        table: Dataclass whose annotations name types of `tui.settings.fields`.
    """
    namespace = {**vars(field_types), "Field": Field}
    return get_type_hints(table, localns=namespace, include_extras=True)


def get_fields(table: type) -> Mapping[str, FieldInfo]:
    """Return the fields of a table of the settings, with their limits and defaults.

    Args:
        table: A model, or a dataclass in `public`.
    """
    if issubclass(table, BaseModel):
        return table.model_fields
    model: type[BaseModel] = create_model(table.__name__, **_define_fields(table))
    return model.model_fields


def _define_fields(table: type) -> dict[str, Any]:
    """Return the fields of a dataclass as `pydantic.create_model` takes them."""
    types = resolve_types(table)
    return {
        field.name: (
            _make_table_type(types[field.name])
            if is_dataclass(types[field.name])
            else types[field.name],
            field.default
            if field.default_factory is MISSING
            else Field(default_factory=field.default_factory),
        )
        for field in fields(table)
    }


def _make_table_type(table: type) -> Any:
    """Return the type that validates a table of the file and becomes the dataclass."""
    model: type[BaseModel] = create_model(
        table.__name__, __config__=_TABLE_CONFIG, **_define_fields(table)
    )

    def validate(value: Any, validate_table: ValidatorFunctionWrapHandler) -> Any:
        """Return the dataclass, which the default is already."""
        return value if isinstance(value, table) else table(**dict(validate_table(value)))

    return Annotated[model, WrapValidator(validate), PlainSerializer(asdict)]


if TYPE_CHECKING:

    class _GeneralModel(BaseSettings, GeneralSettings):
        """The fields of `GeneralSettings`, validated."""

else:
    _GeneralModel = create_model(
        "_GeneralModel", __base__=BaseSettings, **_define_fields(GeneralSettings)
    )


class Settings(_GeneralModel):
    """All settings. Layers are given strongest first (see `tui.settings.sources`)."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    accounts: dict[str, AnyAccount] = Field(default_factory=dict)
    """Provider accounts by name: a to z, digits, - and _."""

    def __init__(self, *layers: Mapping[str, Any]) -> None:
        """Merge and validate the layers; raise `pydantic.ValidationError` if they are not valid.

        Args:
            layers: Values of each source, strongest first.
        """
        values: dict[str, Any] = {"layers": layers}
        super().__init__(**values)

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
                    f'cannot have an account named "{name}"; use lower-case a-z, digits, - and _'
                )
        return accounts

    @model_validator(mode="after")
    def _check_poll_interval(self) -> "Settings":
        """Require that the short poll interval is not longer than the long one."""
        if self.poll_min_seconds > self.poll_max_seconds:
            raise ValueError("poll_min_seconds is more than poll_max_seconds; swap them")
        return self

    @model_validator(mode="after")
    def _check_notify_url(self) -> "Settings":
        """Refuse to send alarms in the clear to another machine."""
        if is_unencrypted(self.notify_url) and not self.notify_allow_http:
            raise ValueError(
                "notify_url is not encrypted: use https://, or set notify_allow_http = true"
            )
        return self
