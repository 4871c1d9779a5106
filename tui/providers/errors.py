"""What can go wrong with a provider, as types that say what to do next.

    ProviderError
    ├── CredentialsRefused    stop the account, tell the agent; nothing was sent
    ├── OutOfCredit           stop sending, tell the agent; nothing was sent
    ├── AccountBlocked        feature, address or permission missing; nothing was sent
    ├── MessageInvalid        this message will never go: which field, and why
    ├── OptedOut              the customer must not be texted; lock the contact
    ├── NotFound              the provider does not (or no longer) know the id
    ├── NotPossible           too late to cancel, not offered by this provider
    ├── RateLimited           come back after `retry_after` seconds; nothing was sent
    ├── Unavailable           nothing was sent, try again with pauses
    ├── Unreadable            an answer came that is not the documented one
    └── Uncertain             the request went out, no answer came back: never repeat by yourself

No message, `repr` or argument of these holds a secret or a URL's query.
"""

from tui.domain.advice import Advice

_FIELD_ADVICE = {
    "to": Advice.FIX_NUMBER,
    "sender": Advice.FIX_SENDER,
    "text": Advice.FIX_TEXT,
    "subject": Advice.FIX_TEXT,
    "media": Advice.FIX_TEXT,
    "scheduled_at": Advice.RETRY,
}
"""What to do about a message by the field that is wrong."""


class ProviderError(Exception):
    """Something a provider said, or failed to say."""

    kind_advice = Advice.OTHER_ACCOUNT
    """What this kind of error advises for the message."""

    def __init__(self, message: str, *, code: str = "", detail: str = "") -> None:
        """`message` is one clear line for an agent; `code` and `detail` are the provider's own."""
        super().__init__(message)
        self.message = message
        self.code = code
        self.detail = detail

    @property
    def advice(self) -> Advice:
        """What to do about the message."""
        return self.kind_advice


class CredentialsRefused(ProviderError):
    """The provider does not accept the account's key, secret or calling address."""

    kind_advice = Advice.SETTINGS


class OutOfCredit(ProviderError):
    """The account cannot pay for the message."""

    kind_advice = Advice.TOP_UP


class AccountBlocked(ProviderError):
    """The account may not do this: a feature or a permission is missing."""

    kind_advice = Advice.ASK_PROVIDER


class AddressWrong(AccountBlocked):
    """The account's address in the settings does not lead to the provider."""

    kind_advice = Advice.SETTINGS


class MessageInvalid(ProviderError):
    """The provider refuses this message for good."""

    def __init__(
        self, message: str, *, field: str = "", index: int = 0, code: str = "", detail: str = ""
    ) -> None:
        """`field` names what is wrong; `index` the message within the batch."""
        super().__init__(message, code=code, detail=detail)
        self.field = field
        self.index = index

    @property
    def advice(self) -> Advice:
        """By the field that is wrong; without one, the message as it stands."""
        return _FIELD_ADVICE.get(self.field, self.kind_advice)


class OptedOut(ProviderError):
    """The customer has opted out at the provider."""

    kind_advice = Advice.STOP


class NotFound(ProviderError):
    """The provider does not know this id."""

    kind_advice = Advice.RETRY


class NotPossible(ProviderError):
    """The provider cannot do this, or no longer."""


class RateLimited(ProviderError):
    """Too many requests."""

    kind_advice = Advice.RETRY

    def __init__(self, message: str, *, retry_after: float | None = None, code: str = "") -> None:
        """`retry_after` is in seconds, None when the provider did not say."""
        super().__init__(message, code=code)
        self.retry_after = retry_after


class Unavailable(ProviderError):
    """The provider could not be reached or is in trouble, and the request had no effect."""

    kind_advice = Advice.RETRY

    def __init__(
        self, message: str, *, retry_after: float | None = None, code: str = "", detail: str = ""
    ) -> None:
        """`retry_after` is in seconds, None when the provider did not say."""
        super().__init__(message, code=code, detail=detail)
        self.retry_after = retry_after


class Unreadable(ProviderError):
    """The provider answered something that its documentation does not know."""

    kind_advice = Advice.SETTLE


class Uncertain(ProviderError):
    """The request may have been carried out: no answer, or one that does not tell."""

    kind_advice = Advice.SETTLE
