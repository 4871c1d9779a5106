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


class ProviderError(Exception):
    """Something a provider said, or failed to say."""

    def __init__(self, message: str, *, code: str = "", detail: str = "") -> None:
        """`message` is one clear line for an agent; `code` and `detail` are the provider's own."""
        super().__init__(message)
        self.message = message
        self.code = code
        self.detail = detail


class CredentialsRefused(ProviderError):
    """The provider does not accept the account's key, secret or calling address."""


class OutOfCredit(ProviderError):
    """The account cannot pay for the message."""


class AccountBlocked(ProviderError):
    """The account may not do this: a feature or a permission is missing."""


class MessageInvalid(ProviderError):
    """The provider refuses this message for good."""

    def __init__(
        self, message: str, *, field: str = "", index: int = 0, code: str = "", detail: str = ""
    ) -> None:
        """`field` names what is wrong; `index` the message within the batch."""
        super().__init__(message, code=code, detail=detail)
        self.field = field
        self.index = index


class OptedOut(ProviderError):
    """The customer has opted out at the provider."""


class NotFound(ProviderError):
    """The provider does not know this id."""


class NotPossible(ProviderError):
    """The provider cannot do this, or no longer."""


class RateLimited(ProviderError):
    """Too many requests."""

    def __init__(self, message: str, *, retry_after: float | None = None, code: str = "") -> None:
        """`retry_after` is in seconds, None when the provider did not say."""
        super().__init__(message, code=code)
        self.retry_after = retry_after


class Unavailable(ProviderError):
    """The provider could not be reached or is in trouble, and the request had no effect."""

    def __init__(
        self, message: str, *, retry_after: float | None = None, code: str = "", detail: str = ""
    ) -> None:
        """`retry_after` is in seconds, None when the provider did not say."""
        super().__init__(message, code=code, detail=detail)
        self.retry_after = retry_after


class Unreadable(ProviderError):
    """The provider answered something that its documentation does not know."""


class Uncertain(ProviderError):
    """The request may have been carried out: no answer, or one that does not tell."""
