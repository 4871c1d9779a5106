"""Define the settings that the accounts of every provider have."""

from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, model_validator

from tui.domain.account import DEFAULT_LOW_BALANCE
from tui.domain.web_addresses import is_unencrypted
from tui.settings.fields import Charset, PathSecret, Region, TextList, Url
from tui.settings.template_names import STRICT_CONFIG

NO_SECRET = SecretStr("")
KEYRING_PREFIX, FILE_PREFIX = "keyring:", "file:"
"""A secret with a prefix is in the system's keyring, or in a file: its name or path follows."""


class AccountBase(BaseModel):
    """Settings that every account has."""

    model_config = STRICT_CONFIG

    provider: str
    """Provider of the account; some have settings of their own besides the common ones.

    Example: "messagemedia"
    """
    base_url: Annotated[Url, Field(min_length=1)]
    """Address of the provider's API.

    Example: "https://sms.example.com/api"
    """
    allow_http: bool = False
    """Allow addresses with http:// on other machines, though anyone on the way can read secrets."""
    title: str = ""
    """Name of the account that agents see; if empty, its name in the file.

    Example: "Sydney shop"
    """
    senders: TextList = ()
    """Own numbers and names (sender IDs) to choose from. If empty, the provider chooses.

    Example: ["+61491570156", "MyShop"]
    """
    default_sender: str = ""
    """Sender ID that is used unless the agent chooses another. If empty, it is the first of
    `senders`, or the provider's default.

    Example: "+61491570156"
    """
    region: Region = ""
    """Country (ISO 3166 code) of numbers without a country code, typed or received. If empty,
    it is that of the provider (AU for MessagePort, PL for SerwerSMS), else `default_region`.

    Example: "AU"
    """
    charset: Charset | None = None
    """Charset of pushed texts that are not UTF-8 and do not name their charset. If not set, the
    usual one of the provider's country: `windows-1250` or `windows-1252`.

    Example: "iso-8859-2"
    """
    opt_out_sentence: Annotated[str, Field(max_length=160)] | None = None
    """Sentence that is added to the first text to each customer through this account, in place of
    the general one; "" adds none.

    Example: "Odpisz STOP, aby zrezygnować."
    """
    low_balance: float = Field(DEFAULT_LOW_BALANCE, ge=0, le=1e9)
    """Balance below which the account raises a warning, in the provider's own unit (credits,
    messages, or units of currency); 0 for never.

    Example: 50
    """
    hook_secret: PathSecret | None = None
    """Secret part of this account's address at the listener, `/hooks/NAME/SECRET`: 8 to 128
    of A-Z, a-z, 0-9, - and _. If not set, pushes for the account are refused.

    Example: "q7Rk2mXw9ZtB4nLs"
    """
    api_key: str = Field(min_length=1)
    """Public half of the credentials.

    Example: "Kx2fQ9"
    """
    api_secret: SecretStr = NO_SECRET
    """Secret half of the credentials; `keyring:NAME` reads it from the system's keyring. Set only
    one of `api_secret`, `api_secret_file` and `api_secret_keyring`.

    Example: "keyring:smsdesk-au"
    """
    api_secret_file: str = ""
    """File that holds the secret half of the credentials.

    Example: "~/.config/smsdesk/au.secret"
    """
    api_secret_keyring: bool = False
    """Read the secret half from the system's keyring, under the account's name."""

    @model_validator(mode="after")
    def _check_encryption(self) -> "AccountBase":
        """Refuse an address off this machine that would send secrets in the clear."""
        for name in type(self).model_fields:
            url = getattr(self, name)
            if not name.endswith("url") or not isinstance(url, str) or self.allow_http:
                continue
            if is_unencrypted(url):
                raise ValueError(
                    f"{name} {url} is not encrypted: use https://, or set allow_http = true"
                )
        return self

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


def is_secret_field(field: str) -> bool:
    """Return whether a field of an account holds a secret, judged by its name."""
    return field.endswith(("_secret", "_token"))
