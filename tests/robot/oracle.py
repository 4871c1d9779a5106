"""Judge what came of the robot's keys: what it saw when it pressed them decides what is right."""

import itertools
import random
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.robot.window import Sight
from tests.robot.world import AGENT
from tui.sandbox.handset import Stage
from tui.sandbox.ledger import AcceptedMessage

_CHARACTERS = "ehasulxrz"
"""Keys that are commands of the list: a character that goes astray there does damage."""
_WORD_LENGTH = 8
_WORD = re.compile(rf"\b[{_CHARACTERS}]{{{_WORD_LENGTH}}}\b")


def find_words(text: str) -> list[str]:
    """Return the robot's words in a text.

    Args:
        text: Body of a message, or a part of the screen.
    """
    return _WORD.findall(text)


@dataclass(slots=True)
class Word:
    """What became of one word that the robot has typed."""

    seen_with: str = ""
    """Number of the customer in whose composer it was seen; "" if it was not seen."""
    is_note: bool = False
    is_planned: bool = False
    """Whether a time was chosen for it."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of the agent as the inbox stores it."""

    party: str
    direction: str
    status: str
    body: str
    scheduled_at: int | None
    hold_until: int
    retry_of: int | None
    provider_id: str


@dataclass
class Oracle:
    """Keep what was on the screen at each key, and compare it with the inbox and the provider."""

    rng: random.Random
    words: dict[str, Word] = field(default_factory=dict)
    closing: Counter[str] = field(default_factory=Counter)
    """How often a key that closes was pressed, by the number that was shown."""
    faults: list[str] = field(default_factory=list)

    def make_word(self) -> str:
        """Return a word that was not typed before."""
        while True:
            word = "".join(self.rng.choice(_CHARACTERS) for _ in range(_WORD_LENGTH))
            if word not in self.words:
                self.words[word] = Word()
                return word

    def record_seen(self, word: str, sight: Sight, *, note: bool) -> None:
        """Record that a word is in the composer.

        Args:
            word: Word that was typed.
            sight: Screen on which it was seen.
            note: Whether it belongs to a private note.
        """
        self.words[word].seen_with, self.words[word].is_note = sight.shown, note

    def record_fault(self, text: str) -> None:
        """Record something that must not happen.

        Args:
            text: What happened.
        """
        self.faults.append(text)

    def judge(self, database: Path, accepted: Sequence[AcceptedMessage]) -> list[str]:
        """Return everything that went wrong, one line each.

        Args:
            database: Inbox of which no program has unsaved drafts any more.
            accepted: What the provider has accepted.
        """
        with sqlite3.connect(database) as connection:
            messages = _read_messages(connection)
            drafts = _read_drafts(connection)
            closed = _count_closed(connection)
        return [
            *self.faults,
            *self._judge_recipients(messages),
            *self._judge_repetitions(messages, accepted),
            *self._judge_times(messages, accepted),
            *self._judge_losses(messages, drafts),
            *self._judge_closings(closed),
        ]

    def _judge_recipients(self, messages: Iterable[StoredMessage]) -> list[str]:
        """Find texts to someone who was not shown, and keys that became text."""
        faults = []
        for message in messages:
            for word in find_words(message.body):
                known = self.words.get(word)
                if known is None:
                    faults.append(f"{word} was not typed, but sent to {message.party}")
                elif known.seen_with != message.party:
                    shown = known.seen_with or "no one"
                    faults.append(f"{word} was written to {shown} and sent to {message.party}")
                elif known.is_note and message.direction == "out":
                    faults.append(f"{word} is a private note and was sent to {message.party}")
            strange = set(message.body.split()) - set(find_words(message.body))
            if strange:
                faults.append(f"keys became text: {message.body!r} to {message.party}")
        return faults

    def _judge_repetitions(
        self, messages: Iterable[StoredMessage], accepted: Iterable[AcceptedMessage]
    ) -> list[str]:
        """Find words that were sent twice, or sent although they were taken back."""
        going = Counter(
            word
            for message in messages
            if message.direction == "out" and message.status != "cancelled" and not message.retry_of
            for word in set(find_words(message.body))
        )
        arrived = Counter(
            word
            for message in accepted
            if message.stage is not Stage.CANCELLED
            for word in set(find_words(message.text))
        )
        return [
            *(f"{word} was queued {count} times" for word, count in going.items() if count > 1),
            *(
                f"{word} was sent {count} times, {going[word]} of them wanted"
                for word, count in arrived.items()
                if count > going[word]
            ),
        ]

    def _judge_times(
        self, messages: Iterable[StoredMessage], accepted: Iterable[AcceptedMessage]
    ) -> list[str]:
        """Find texts that went out before their time, or without the time that was chosen."""
        by_word = defaultdict(list)
        for message in messages:
            for word in find_words(message.body):
                by_word[word].append(message)
        faults = []
        for word, stored in by_word.items():
            going = [m for m in stored if m.direction == "out" and m.status != "cancelled"]
            if self.words.get(word, Word()).is_planned and any(not m.scheduled_at for m in going):
                faults.append(f"{word} was planned and is sent at once")
        for sent in accepted:
            if sent.stage in (Stage.SCHEDULED, Stage.CANCELLED):
                continue  # the provider keeps it until its time
            for word in find_words(sent.text):
                due = min((_get_due_time(m) for m in by_word[word]), default=0)
                if sent.accepted_at < due:
                    faults.append(f"{word} went out {due - sent.accepted_at} ms before its time")
        return faults

    def _judge_losses(self, messages: Iterable[StoredMessage], drafts: Iterable[str]) -> list[str]:
        """Find words that were seen in the composer and are nowhere now."""
        texts = itertools.chain((message.body for message in messages), drafts)
        kept = {word for text in texts for word in find_words(text)}
        return [
            f"{name} was written to {word.seen_with} and is lost"
            for name, word in self.words.items()
            if word.seen_with and name not in kept
        ]

    def _judge_closings(self, closed: Counter[str]) -> list[str]:
        """Find conversations that the agent closed without a key for it."""
        anywhere = self.closing[""]
        return [
            f"{party} was closed {count} times, {self.closing[party]} keys were for it"
            for party, count in closed.items()
            if count > self.closing[party] + anywhere
        ]


def _get_due_time(message: StoredMessage) -> int:
    """Return the time (ms UTC) before which a message must not go out."""
    return max(message.hold_until, message.scheduled_at or 0)


def _read_messages(connection: sqlite3.Connection) -> list[StoredMessage]:
    """Return everything that the agent has sent, planned or noted."""
    query = (
        "select party, direction, status, body, scheduled_at, hold_until, retry_of, provider_id"
        " from messages join conversations on conversations.id = conversation_id"
        " where agent = ? order by messages.id"
    )
    return [StoredMessage(*row) for row in connection.execute(query, (AGENT,))]


def _read_drafts(connection: sqlite3.Connection) -> list[str]:
    """Return the agent's drafts and unfinished notes."""
    query = (
        "select body from drafts where agent = :agent"
        " union all select body from note_drafts where agent = :agent"
    )
    return [row[0] for row in connection.execute(query, {"agent": AGENT})]


def _count_closed(connection: sqlite3.Connection) -> Counter[str]:
    """Return how often the agent has closed each conversation, by number."""
    query = (
        "select party from audit join conversations on conversations.id = audit.conversation_id"
        " where agent = ? and action = 'close'"
    )
    return Counter(row[0] for row in connection.execute(query, (AGENT,)))
