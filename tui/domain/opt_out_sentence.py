"""The sentence about opting out that the first text to each customer carries, once.

An answer to HELP or STOP has none, as it says that itself; neither has a call or a ping.
"""

import functools
from typing import Protocol

from tui.domain.account import Account
from tui.domain.conversation import Conversation
from tui.domain.message import Direction, Format
from tui.domain.text import one_line
from tui.domain.typed_text import compose_outgoing_text

_LONGEST_KEYWORD = 40
_WITH_SENTENCE = frozenset({Format.SMS, Format.MMS})


class SentencePreferences(Protocol):
    """The settings that say which sentence it is."""

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Return all accounts."""

    @property
    def opt_out_sentence(self) -> str:
        """Return the sentence of accounts without their own; empty for none."""


def get_sentence(preferences: SentencePreferences, account: Account | str | None) -> str:
    """Return the sentence of an account, or "" if it has none.

    Args:
        preferences: Settings with the general sentence.
        account: Account, or its name; None for no account.
    """
    if isinstance(account, str):
        account = next((one for one in preferences.accounts if one.name == account), None)
    own = account.opt_out_sentence if account is not None else None
    sentence = preferences.opt_out_sentence if own is None else own
    return " ".join(compose_outgoing_text(sentence).split())


def find_sentence(
    preferences: SentencePreferences,
    account: Account | None,
    conversation: Conversation | None,
    format: Format = Format.SMS,
) -> str:
    """Return the sentence that is added to the next text, or "" if none is.

    Args:
        preferences: Settings with the general sentence.
        account: Account that sends; None for none.
        conversation: Conversation with the customer; None if there is none yet.
        format: Format of the message.
    """
    sentence = get_sentence(preferences, account)
    if not sentence or format not in _WITH_SENTENCE:
        return ""
    if conversation is not None and (conversation.sentence_id or _answers_keyword(conversation)):
        return ""
    return sentence


def append_sentence(text: str, sentence: str) -> str:
    """Return a text with the sentence on a line of its own, unless it has it already.

    Args:
        text: Text of the message.
        sentence: The sentence; empty for none.
    """
    if not sentence or sentence.casefold() in text.casefold():
        return text
    return f"{text}\n{sentence}" if text else sentence


def strip_sentence(text: str, sentence: str) -> str:
    """Return a text as an agent typed it, without the sentence that was added.

    Args:
        text: Text of a message.
        sentence: Sentence that may have been added; empty for none.
    """
    return text.removesuffix(f"\n{sentence}") if sentence else text


def describe_addition(text: str, sent: str) -> str:
    """Return what is added to a text in words, or "" if nothing is.

    Args:
        text: Text as an agent typed it.
        sent: Text as it is sent.
    """
    added = sent.removeprefix(text).strip() if sent != text else ""
    return f'adds "{one_line(added, 60)}"' if added else ""


def _answers_keyword(conversation: Conversation) -> bool:
    """Return whether the newest message is a text of the customer that says HELP or STOP."""
    text = conversation.preview
    if conversation.last_direction is not Direction.IN or len(text) > _LONGEST_KEYWORD:
        return False
    return _is_keyword(text, conversation.party)


@functools.lru_cache(maxsize=64)
def _is_keyword(text: str, party: str) -> bool:
    """Return whether a text asks for help, or to stop, by a keyword."""
    # Imported late: the lists of keywords are long, and few texts are this short.
    from tui.domain.consent import Verdict, classify_message
    from tui.domain.phone import find_country

    return classify_message(text, find_country(party)) in (Verdict.HELP, Verdict.STOP)
