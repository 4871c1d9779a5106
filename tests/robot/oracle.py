"""Judge what came of the robot's keys: what it saw when it pressed them decides what is right."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.robot.stored import StoredInbox, StoredMessage
from tests.robot.window import Sight
from tests.robot.world import CANNED_REPLY, COLLEAGUE_ANSWER
from tui.clock import SECOND
from tui.sandbox.handset import Stage
from tui.sandbox.ledger import AcceptedMessage

_CHARACTERS = "ehasulxrz"
"""Keys that are commands of the list: a character that goes astray there does damage."""
_WORD_LENGTH = 8
_REACTION_MS = 20 * SECOND
"""The longest time between a key and what came of it, on a busy machine."""
_TYPED_BY_OTHERS = re.compile(rf"{CANNED_REPLY}|{COLLEAGUE_ANSWER} \d+")
_QUESTION = re.compile(r"again\s+(?:sends|schedules)")


@dataclass(slots=True)
class Word:
    """What became of one word that the robot has typed."""

    begun_with: str = ""
    """Number of the customer who was shown when it was typed; "" for none."""
    seen_with: str = ""
    """Number of the customer in whose composer it was seen; "" if it was not seen."""
    is_note: bool = False
    planned_for: int = 0
    """Time (ms UTC) before which it is not sent; 0 if none was chosen for it."""


@dataclass
class KeyTimes:
    """When keys of one kind were pressed, and at whom."""

    now: Callable[[], int]
    presses: list[tuple[str, int]] = field(default_factory=list)
    """Number of the customer who was shown, "" for anyone, and the time (ms UTC)."""

    def record_key(self, party: str) -> None:
        """Record that a key was pressed.

        Args:
            party: Number of the customer who was shown, "" for anyone.
        """
        self.presses.append((party, self.now()))

    def has_key_for(self, party: str, at: int) -> bool:
        """Return whether a key can be the reason for something.

        Args:
            party: Number of the customer.
            at: When it happened (ms UTC).
        """
        return any(
            shown in ("", party) and time - SECOND <= at <= time + _REACTION_MS
            for shown, time in self.presses
        )


@dataclass
class Oracle:
    """Keep what was on the screen at each key, and compare it with the inbox and the provider."""

    rng: random.Random
    now: Callable[[], int]
    is_quiet: bool = False
    """Whether it is night at the customers: no text is sent without a question."""
    words: dict[str, Word] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    saved_late: set[str] = field(default_factory=set)
    """Words that were not a draft after some seconds."""
    closings: KeyTimes = field(init=False)
    retries: KeyTimes = field(init=False)
    questions: KeyTimes = field(init=False)
    """When a question was on the screen, and about whom."""

    def __post_init__(self) -> None:
        """Begin with no key pressed."""
        self.closings, self.retries = KeyTimes(self.now), KeyTimes(self.now)
        self.questions = KeyTimes(self.now)

    # What the robot sees --------------------------------------------------------------------

    def make_word(self, shown: str) -> str:
        """Return a word that was not typed before.

        Args:
            shown: Number of the customer who is shown; "" for none.
        """
        while True:
            word = "".join(self.rng.choice(_CHARACTERS) for _ in range(_WORD_LENGTH))
            if word not in self.words:
                self.words[word] = Word(shown)
                return word

    def record_seen(self, word: str, sight: Sight, *, note: bool) -> None:
        """Record that a word is in the composer.

        Args:
            word: Word that was typed.
            sight: Screen on which it was seen.
            note: Whether it belongs to a private note.
        """
        self.words[word].seen_with, self.words[word].is_note = sight.shown, note

    def record_screen(self, sight: Sight) -> None:
        """Record the screen at which a key is pressed.

        Args:
            sight: What is on it.
        """
        if _QUESTION.search(" ".join(line.strip("│ ") for line in sight.lines)):
            self.questions.record_key(sight.shown)

    def record_plan(self, word: str, not_before: int) -> None:
        """Record that a time was chosen for a word and for what is in the composer with it.

        Args:
            word: Word that was typed.
            not_before: Time (ms UTC) before which it must not go out.
        """
        planned = self.words[word]
        for other in self.words.values():
            if other.planned_for and other.seen_with == planned.seen_with:
                other.planned_for = min(other.planned_for, not_before)
        planned.planned_for = not_before

    def record_fault(self, text: str) -> None:
        """Record something that must not happen.

        Args:
            text: What happened.
        """
        self.faults.append(text)

    # The verdict ----------------------------------------------------------------------------

    def judge(
        self, inbox: StoredInbox, accepted: Sequence[AcceptedMessage], left_at: Mapping[str, int]
    ) -> list[str]:
        """Return everything that went wrong, one line each.

        Args:
            inbox: What the agent has left.
            accepted: What the provider has accepted.
            left_at: When a text that the provider kept has left (ms UTC), by its id there.
        """
        by_word: dict[str, list[StoredMessage]] = defaultdict(list)
        for message in inbox.messages:
            for word in self.find_words(message.body):
                by_word[word].append(message)
        sent = [m for m in accepted if m.stage is not Stage.CANCELLED]
        return [
            *self.faults,
            *self._judge_recipients(inbox.messages),
            *self._judge_texts(inbox),
            *self._judge_repetitions(by_word, sent),
            *self._judge_times(by_word, sent, left_at),
            *self._judge_losses(inbox, by_word),
            *self._judge_keys(inbox),
        ]

    def find_words(self, text: str) -> list[str]:
        """Return the words of the robot in a text, in which two windows may have typed at once.

        Args:
            text: Body of a message or draft.
        """
        return [word for word in self.words if word in text]

    def _judge_recipients(self, messages: Iterable[StoredMessage]) -> Iterator[str]:
        """Find words that went to someone who was not shown."""
        for message in messages:
            for name in self.find_words(message.body):
                word = self.words[name]
                # One that was not seen in time was typed where it was begun.
                shown = word.seen_with or word.begun_with
                if shown != message.party:
                    yield f"{name} was written to {shown or 'no one'} and is with {message.party}"
                elif word.is_note and message.direction == "out":
                    yield f"{name} is a private note and was sent to {message.party}"

    def _judge_texts(self, inbox: StoredInbox) -> Iterator[str]:
        """Find keys that became text."""
        for party, body in [*((m.party, m.body) for m in inbox.messages), *inbox.drafts]:
            # A colleague's text that failed can be sent again, and that can be undone.
            rest = _TYPED_BY_OTHERS.sub(" ", body)
            for word in self.find_words(body):
                rest = rest.replace(word, " ")
            strange = [p for p in rest.split() if not self._is_part_of_word(p, party)]
            if strange:
                yield f"keys became text: {strange} in {body!r} to {party}"

    def _is_part_of_word(self, part: str, party: str) -> bool:
        """Return whether a text may be of words that are not whole.

        Two windows that type into one draft mix their characters, and a draft that was joined has
        what one of them had typed by then. Keys that no word has are never part of one.
        """
        begun = [(name, word) for name, word in self.words.items() if word.begun_with == party]
        if any(name.startswith(part) for name, _ in begun):
            return True
        return set(part) <= set(_CHARACTERS) and any(not word.seen_with for _, word in begun)

    def _judge_repetitions(
        self, by_word: Mapping[str, list[StoredMessage]], sent: Iterable[AcceptedMessage]
    ) -> Iterator[str]:
        """Find words that were sent twice, or sent although they were taken back."""
        arrived = Counter(word for message in sent for word in self.find_words(message.text))
        for word in self.words:
            going = [message for message in by_word[word] if message.is_going]
            queued = sum(1 for message in going if not message.retry_of)
            if queued > 1:
                yield f"{word} was queued {queued} times"
            if arrived[word] > len(going):
                yield f"{word} was sent {arrived[word]} times, {len(going)} of them wanted"

    def _judge_times(
        self,
        by_word: Mapping[str, list[StoredMessage]],
        sent: Iterable[AcceptedMessage],
        left_at: Mapping[str, int],
    ) -> Iterator[str]:
        """Find texts that went out before their time, or without the time that was chosen."""
        for word, stored in by_word.items():
            planned_for = self.words[word].planned_for
            for message in stored:
                if message.is_going and planned_for and message.due_at < planned_for:
                    yield f"{word} was planned for {planned_for} and is due {message.due_at}"
        for text in sent:
            if text.stage is Stage.SCHEDULED:
                continue  # the provider keeps it until its time
            for word in self.find_words(text.text):
                due = min((message.due_at for message in by_word[word]), default=0)
                early = due - left_at.get(text.id, text.accepted_at)
                if early > 0:
                    yield f"{word} went out {early} ms before its time"

    def _judge_losses(
        self, inbox: StoredInbox, by_word: Mapping[str, list[StoredMessage]]
    ) -> Iterator[str]:
        """Find words that were seen in the composer and are nowhere now."""
        drafts = {word for _, body in inbox.drafts for word in self.find_words(body)}
        for name, word in self.words.items():
            if word.seen_with and not by_word[name] and name not in drafts:
                yield f"{name} was written to {word.seen_with} and is lost"
            if name in self.saved_late and not by_word[name]:
                yield f"{name} was not saved within 5 s"

    def _judge_keys(self, inbox: StoredInbox) -> Iterator[str]:
        """Find what was closed, sent again, or sent at night without a key for it."""
        for party, at in inbox.closings:
            if not self.closings.has_key_for(party, at):
                yield f"{party} was closed at {at} without a key for it"
        for message in inbox.messages:
            if message.retry_of:
                if not self.retries.has_key_for(message.party, message.at):
                    yield f"{message.body!r} was sent again at {message.at} without a key for it"
            elif (
                self.is_quiet
                and message.direction == "out"
                and not message.scheduled_at
                and not self.questions.has_key_for(message.party, message.at)
            ):
                yield f"{message.body!r} was sent at night at {message.at} without a question"
