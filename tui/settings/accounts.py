"""Validate provider accounts: one model per provider, selected by `provider`.

What the catalogue knows of a provider is read from there. A provider whose accounts have no
settings of their own needs no model here.
"""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    create_model,
    model_validator,
)

from tui.domain.account import DEFAULT_LOW_BALANCE, ProviderInfo
from tui.providers import catalog
from tui.settings.fields import PathSecret, Region, TextList, Url

NO_SECRET = SecretStr("")
KEYRING_PREFIX = "keyring:"
"""A secret with this prefix is stored in the system's keyring, under the name that follows."""


def _validate_zone(name: str) -> str:
    """Return a time zone known to this system."""
    try:
        return ZoneInfo(name).key
    except (
        LookupError,
        OSError,
        ValueError,
    ):  # unknown, a directory, or a path outside the zone files
        raise ValueError('must be a time zone like "Europe/Warsaw"') from None


Zone = Annotated[str, AfterValidator(_validate_zone)]
_STRICT_CONFIG = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class AccountBase(BaseModel):
    """Settings that every account has."""

    model_config = _STRICT_CONFIG

    provider: str
    """Name of the provider."""
    base_url: Annotated[Url, Field(min_length=1)]
    """Address of the API."""
    title: str = ""
    """Name of the account that agents see; empty: its name in the file."""
    senders: TextList = ()
    """Own numbers and names (sender IDs) to choose from."""
    default_sender: str = ""
    """Used unless the agent chooses; empty: the first of `senders`, or the provider's default."""
    region: Region = ""
    """Country (ISO, like AU) of numbers without a country code; empty: `default_region`."""
    low_balance: float = Field(DEFAULT_LOW_BALANCE, ge=0, le=1e9)
    """Warn below this many credits, messages or units of currency; 0: never."""
    hook_secret: PathSecret | None = None
    """Secret part of this account's address at the listener; without it pushes are refused."""
    api_key: str = Field(min_length=1)
    """Public half of the credentials."""
    api_secret: SecretStr = NO_SECRET
    """Secret half; `keyring:NAME` reads it from the system's keyring."""
    api_secret_file: str = ""
    """File that holds the secret half."""
    api_secret_keyring: bool = False
    """Whether the secret half is in the system's keyring under the account's name."""

    @model_validator(mode="after")
    def _check_secret_location(self) -> "AccountBase":
        """Require exactly one location of the secret half."""
        count = sum((bool(self.clear_secret), bool(self.api_secret_file), self.api_secret_keyring))
        if count > 1:
            raise ValueError(
                "has its secret in several places; keep one of api_secret, api_secret_file, "
                "api_secret_keyring"
            )
        if count == 0 and self.is_secret_required:
            raise ValueError(
                "has no secret; add api_secret, api_secret_file or api_secret_keyring = true"
            )
        return self

    @property
    def is_secret_required(self) -> bool:
        """Return whether the account cannot be used without the secret half."""
        return True

    @property
    def clear_secret(self) -> str:
        """Return the secret half in clear, only for the provider's client."""
        return self.api_secret.get_secret_value()

    @property
    def all_senders(self) -> tuple[str, ...]:
        """Return the sender IDs to choose from, the default first."""
        others = tuple(sender for sender in self.senders if sender != self.default_sender)
        return (self.default_sender, *others) if self.default_sender else others


class MessageMediaAccount(AccountBase):
    """An account at MessageMedia (MessageMedia API, base URLs and authentication)."""

    provider: Literal["messagemedia"]
    base_url: Url = catalog.MESSAGEMEDIA.base_url
    auth: Literal["basic", "hmac-sha256", "hmac-sha1"] = "basic"
    """Authentication of requests."""
    sub_account: str = ""
    """Sub-account to act for, with a parent account's key."""
    signature_key: str = ""
    """Public key (base64) of signed webhooks; empty: signatures are not checked."""


class MessenteAccount(AccountBase):
    """An account at Messente (Messente API, account, hosts, limits)."""

    provider: Literal["messente"]
    api: Literal["omnichannel", "classic"] = "omnichannel"
    """Which of the two APIs sends; both use the same key."""
    base_url: Url = catalog.MESSENTE.base_url
    """Host of the Omnichannel API."""
    classic_url: Url = ""
    """Host of the classic API, the only one with the balance; empty: Messente's or `base_url`."""
    backup_url: Url = ""
    """Second host of the classic API, used only if nothing was sent; empty: Messente's."""
    inbound_secret: SecretStr | None = None
    """Shared secret of the inbound number, which signs its replies."""


class SerwerSmsAccount(AccountBase):
    """An account at SerwerSMS (SerwerSMS HTTPS API v2, credentials)."""

    provider: Literal["serwersms"]
    base_url: Url = catalog.SERWERSMS.base_url
    api_key: str = ""
    """User name of an API user."""
    api_token: SecretStr | None = None
    """API token, in place of user name and password."""
    time_zone: Zone = "Europe/Warsaw"
    """Zone of the provider's times, which have no offset."""

    @property
    def is_secret_required(self) -> bool:
        """Return whether there is no token."""
        return self.api_token is None

    @model_validator(mode="after")
    def _check_credentials(self) -> "SerwerSmsAccount":
        """Require either a token or a user name."""
        if bool(self.api_key) == (self.api_token is not None):
            raise ValueError("needs either api_key with api_secret, or api_token alone")
        return self


class ReceiptFields(BaseModel):
    """Field names of a receipt, as written in the operator's template."""

    model_config = _STRICT_CONFIG

    message_id: str = Field("message_id", min_length=1)
    message_state: str = Field("message_state", min_length=1)


class ReplyFields(BaseModel):
    """Field names of a reply, as written in the operator's template."""

    model_config = _STRICT_CONFIG

    source_number: str = Field("source_number", min_length=1)
    destination_number: str = Field("destination_number", min_length=1)
    body: str = Field("body", min_length=1)
    message_id: str = Field("message_id", min_length=1)


class SmartSwitchAccount(AccountBase):
    """An account at an operator's SmartSwitch (SmartSwitch HTTP API)."""

    provider: Literal["smartswitch"]
    receipt_fields: ReceiptFields = ReceiptFields()
    reply_fields: ReplyFields = ReplyFields()


class MessagePortAccount(AccountBase):
    """An account at MessagePort (MessagePort REST API v1)."""

    provider: Literal["messageport"]
    base_url: Url = catalog.MESSAGEPORT.base_url
    time_zone: Zone = "Australia/Sydney"
    """Zone of pushed times whose own zone cannot be parsed."""


_OWN_MODELS: tuple[type[AccountBase], ...] = (
    MessageMediaAccount,
    MessenteAccount,
    SerwerSmsAccount,
    SmartSwitchAccount,
    MessagePortAccount,
)
"""Models of providers whose accounts have settings of their own."""


def build_account_models(providers: Mapping[str, ProviderInfo]) -> dict[str, type[AccountBase]]:
    """Return the model of each provider by its name, in the order of the catalogue.

    Args:
        providers: Entries of the catalogue by name.
    """
    own_models = {
        name: model
        for model in _OWN_MODELS
        for name in get_args(model.model_fields["provider"].annotation)
    }
    return {name: own_models.get(name) or _derive_model(info) for name, info in providers.items()}


def _derive_model(info: ProviderInfo) -> type[AccountBase]:
    """Return the model of a provider whose accounts have no settings of their own."""
    fields: dict[str, Any] = {"provider": (Literal[info.name], ...)}
    if info.base_url:
        fields["base_url"] = (Url, info.base_url)
    return create_model(f"{info.title}Account", __base__=AccountBase, **fields)


ACCOUNT_MODELS = build_account_models(catalog.CATALOG)
"""Model of each provider by its name in the settings."""
if TYPE_CHECKING:
    AnyAccount = AccountBase
else:
    _UNION = reduce(or_, ACCOUNT_MODELS.values())
    AnyAccount = Annotated[_UNION, Field(discriminator="provider")]
"""An account in the settings, its model selected by `provider`."""


def is_secret_field(field: str) -> bool:
    """Return whether a field of an account holds a secret, judged by its name."""
    return field.endswith(("_secret", "_token"))
