"""The parts of a send that providers share: checks before it, outcomes after it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from tui.domain.capabilities import Capabilities
from tui.domain.message import Format
from tui.providers.errors import (
    CredentialsRefused,
    MessageInvalid,
    NotPossible,
    OptedOut,
    ProviderError,
    Unavailable,
    Uncertain,
    Unreadable,
)
from tui.providers.http import Answer
from tui.providers.protocol import Outcome, Outgoing, Refused

_TOO_LONG = (413, 414, 431)
_ABOUT_ONE_MESSAGE = (MessageInvalid, OptedOut, NotPossible)


def digits(address: str) -> str:
    """A number as bare digits, empty when `address` is no number."""
    bare = address.strip().removeprefix("+")
    return bare if bare.isascii() and bare.isdigit() else ""


def flaw(message: Outgoing, abilities: Capabilities) -> ProviderError | None:
    """Why a provider of plain text messages can never carry `message`; None when it can."""
    title, longest = abilities.title, abilities.longest
    if message.scheduled_at is not None:
        return NotPossible(f"{title} cannot send at a later time")
    if message.format is not Format.SMS or message.media or message.subject:
        return NotPossible(f"{title} sends plain text messages only")
    if not digits(message.to):
        return MessageInvalid(f"{title} sends to numbers only, not to names", field="to")
    if not message.text:
        return MessageInvalid("The message has no text", field="text")
    if len(message.text) > longest:
        return MessageInvalid(f"The text is longer than {longest} characters", field="text")
    return None


async def in_turn(
    groups: Iterable[Sequence[Outgoing]],
    hand_over: Callable[[Sequence[Outgoing]], Awaitable[Sequence[Outcome]]],
) -> list[Outcome]:
    """Hand over group after group; an error of one is the outcome of that group's messages."""
    outcomes: list[Outcome] = []
    for group in groups:
        try:
            outcomes += await hand_over(group)
        except ProviderError as error:
            outcomes += [Refused(error)] * len(group)
    return outcomes


def agreed(outcomes: list[Outcome]) -> list[Outcome]:
    """`outcomes`, unless one error about the account holds for all: then that is raised."""
    errors = [outcome.error for outcome in outcomes if isinstance(outcome, Refused)]
    if len(errors) < len(outcomes) or not errors or isinstance(errors[0], _ABOUT_ONE_MESSAGE):
        return outcomes
    if all(error is errors[0] for error in errors):
        raise errors[0]
    return outcomes


def undocumented(answer: Answer, title: str, *, effect: bool) -> ProviderError:
    """The error for an answer whose body says nothing that `title` documents.

    `effect` says that the request was a send: what may have been carried out is `Uncertain`.
    """
    try:
        answer.raise_for_trouble()
    except ProviderError as error:
        return error
    line, code = f"{title} answered HTTP {answer.status}", str(answer.status)
    if answer.status in (401, 403):
        return CredentialsRefused(f"{line}: it does not accept the credentials", code=code)
    if answer.status in _TOO_LONG:
        return MessageInvalid(f"{line}: the text is too long for it", field="text", code=code)
    if answer.ok or answer.status >= 500:
        return _unclear(answer, line, effect=effect)
    return Unavailable(f"{line}, not as documented: check the account's base URL", code=code)


def _unclear(answer: Answer, line: str, *, effect: bool) -> ProviderError:
    """The error for a success without its words, or a failure at the provider's side."""
    code = str(answer.status)
    if effect:
        return Uncertain(f"{line} without saying whether the message was taken", code=code)
    if answer.ok:
        return Unreadable(f"{line} with something that is not documented", code=code)
    return Unavailable(f"{line}: it has trouble of its own", code=code)
