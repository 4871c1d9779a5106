"""Share the steps of a send between providers: checks before it, errors after it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from tui.domain.capabilities import Capabilities
from tui.domain.message import Format
from tui.providers.answer import Answer
from tui.providers.errors import (
    CredentialsRefused,
    MessageInvalid,
    NotPossible,
    ProviderError,
    RecipientOptedOut,
    Unavailable,
    Uncertain,
    UnreadableAnswer,
)
from tui.providers.protocol import Outgoing, SendOutcome, SendRefused

_TOO_LONG_STATUSES = (413, 414, 431)
_MESSAGE_ERRORS = (MessageInvalid, RecipientOptedOut, NotPossible)


def to_digits(address: str) -> str:
    """Return a phone number as bare digits, or an empty text if it is no number."""
    bare = address.strip().removeprefix("+")
    return bare if bare.isascii() and bare.isdigit() else ""


def find_flaw(message: Outgoing, capabilities: Capabilities) -> ProviderError | None:
    """Return why a provider of plain text messages can never send a message, or None.

    Args:
        message: Message to check.
        capabilities: Capabilities of the account.
    """
    title, longest = capabilities.title, capabilities.max_characters
    if message.scheduled_at is not None:
        return NotPossible(f"{title} cannot send at a later time")
    if message.format is not Format.SMS or message.media or message.subject:
        return NotPossible(f"{title} sends plain text messages only")
    if not to_digits(message.to):
        return MessageInvalid(f"{title} sends to numbers only, not to names", field="to")
    if not message.text:
        return MessageInvalid("The message has no text", field="text")
    if len(message.text) > longest:
        return MessageInvalid(f"The text is longer than {longest} characters", field="text")
    return None


async def send_in_groups(
    groups: Iterable[Sequence[Outgoing]],
    send_group: Callable[[Sequence[Outgoing]], Awaitable[Sequence[SendOutcome]]],
) -> list[SendOutcome]:
    """Send group by group; an error becomes the outcome of each message of its group.

    Args:
        groups: Messages that share a request, in order.
        send_group: Sends one group and returns one outcome per message.
    """
    outcomes: list[SendOutcome] = []
    for group in groups:
        try:
            outcomes += await send_group(group)
        except ProviderError as error:
            outcomes += [SendRefused(error)] * len(group)
    return outcomes


def raise_shared_error(outcomes: list[SendOutcome]) -> list[SendOutcome]:
    """Return the outcomes, or raise the error about the account if all of them share it."""
    errors = [outcome.error for outcome in outcomes if isinstance(outcome, SendRefused)]
    if len(errors) < len(outcomes) or not errors or isinstance(errors[0], _MESSAGE_ERRORS):
        return outcomes
    # Identity, not equality: only one and the same answer speaks for the whole batch.
    if all(error is errors[0] for error in errors):
        raise errors[0]
    return outcomes


def build_undocumented_error(answer: Answer, title: str, *, effect: bool) -> ProviderError:
    """Return the error for an answer whose body holds nothing that the provider documents.

    Args:
        answer: Answer of the provider.
        title: Name of the provider.
        effect: Whether the request was a send; it is `Uncertain` if it may have succeeded.
    """
    try:
        answer.raise_if_unavailable()
    except ProviderError as error:
        return error
    line, code = f"{title} answered HTTP {answer.status}", str(answer.status)
    if answer.status in (401, 403):
        return CredentialsRefused(f"{line}: it does not accept the credentials", code=code)
    if answer.status in _TOO_LONG_STATUSES:
        return MessageInvalid(f"{line}: the text is too long for it", field="text", code=code)
    if answer.is_success or answer.status >= 500:
        return _build_unclear_error(answer, line, effect=effect)
    return Unavailable(f"{line}, not as documented: check the account's base URL", code=code)


def _build_unclear_error(answer: Answer, line: str, *, effect: bool) -> ProviderError:
    """Return the error for a success without the expected body, or for a server failure."""
    code = str(answer.status)
    if effect:
        return Uncertain(f"{line} without saying whether the message was accepted", code=code)
    if answer.is_success:
        return UnreadableAnswer(f"{line} with something that is not documented", code=code)
    return Unavailable(f"{line}: it has trouble of its own", code=code)
