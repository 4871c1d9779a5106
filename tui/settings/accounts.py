"""Validate provider accounts: one model per provider, selected by `provider`."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from tui.domain.account import DEFAULT_LOW_BALANCE
from tui.settings.fields import PathSecret, Region, TextList, Url

NO_SECRET = SecretStr("")
MESSENTE_URL = "https://api.messente.com"
MESSENTE_CLASSIC_URL = "https://api2.messente.com"
MESSENTE_BACKUP_URL = "https://api3.messente.com"
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
    base_url: Url = "https://api.messagemedia.com"
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
    base_url: Url = MESSENTE_URL
    """Host of the Omnichannel API."""
    classic_url: Url = ""
    """Host of the classic API, the only one with the balance; empty: see `classic_host`."""
    backup_url: Url = ""
    """Second host of the classic API, used only if nothing was sent; empty: see `backup_host`."""
    inbound_secret: SecretStr | None = None
    """Shared secret of the inbound number, which signs its replies."""

    @property
    def classic_host(self) -> str:
        """Return the host of the classic API; a changed `base_url` alone applies to it, too."""
        moved = self.base_url if self.base_url != MESSENTE_URL else MESSENTE_CLASSIC_URL
        return self.classic_url or moved

    @property
    def backup_host(self) -> str:
        """Return the second host of the classic API, empty if `classic_host` has none."""
        return self.backup_url or (
            MESSENTE_BACKUP_URL if self.classic_host == MESSENTE_CLASSIC_URL else ""
        )


class SerwerSmsAccount(AccountBase):
    """An account at SerwerSMS (SerwerSMS HTTPS API v2, credentials)."""

    provider: Literal["serwersms"]
    base_url: Url = "https://api2.serwersms.pl"
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
    base_url: Annotated[Url, Field(min_length=1)]
    """The operator's own server: there is no common one."""
    receipt_fields: ReceiptFields = ReceiptFields()
    reply_fields: ReplyFields = ReplyFields()


class MessagePortAccount(AccountBase):
    """An account at MessagePort (MessagePort REST API v1)."""

    provider: Literal["messageport"]
    base_url: Url = "https://messageport.com.au/rest/v1"
    time_zone: Zone = "Australia/Sydney"
    """Zone of pushed times whose own zone cannot be parsed."""


AnyAccount = Annotated[
    MessageMediaAccount
    | MessenteAccount
    | SerwerSmsAccount
    | SmartSwitchAccount
    | MessagePortAccount,
    Field(discriminator="provider"),
]
"""An account in the settings, its model selected by `provider`."""

ACCOUNT_MODELS: dict[str, type[AccountBase]] = {
    "messagemedia": MessageMediaAccount,
    "messente": MessenteAccount,
    "serwersms": SerwerSmsAccount,
    "smartswitch": SmartSwitchAccount,
    "messageport": MessagePortAccount,
}
"""Model of each provider by its name in the settings."""


def is_secret_field(field: str) -> bool:
    """Return whether a field of an account holds a secret, judged by its name."""
    return field.endswith(("_secret", "_token"))
