"""Describe rules: what has to be so (when), and what is done then.

A condition is a line: "outside hours", "words invoice, bill", "no answer for 30 minutes"; all of
them have to hold. The actions are those of `action_list`. `matches` is pure, so that a dry run
judges stored texts exactly as the runner judges new ones.
"""

import functools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tui.domain.action_list import Action, ActionKind
from tui.domain.business_hours import (
    ALWAYS_OPEN,
    BusinessHours,
    InvalidHoursError,
    parse_hours,
)
from tui.domain.folding import fold_text
from tui.domain.matching import Phrase, Words, parse_words
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.domain.tokens import split_terms


class ConditionKind(StrEnum):
    """What a condition is about; the value is the beginning of its line."""

    ARRIVES = "arrives"
    FIRST_CONTACT = "first contact"
    OUTSIDE_HOURS = "outside hours"
    ALL_WORDS = "all words"
    WORDS = "words"
    ACCOUNT = "account"
    NUMBER = "number"
    LABEL = "label"
    NO_ANSWER = "no answer for"
    OPT_OUT = "opt-out"
    HELP = "help"


class InvalidRuleError(ValueError):
    """A rule that cannot be used; the message says why and how to write it, on one line."""


@record
class Condition:
    """One thing that has to be so."""

    kind: ConditionKind
    value: str = ""
    """Words, account, number or label; the minutes of a wait; empty for none."""

    def __str__(self) -> str:
        """Return the condition as it is written."""
        if self.kind is ConditionKind.NO_ANSWER:
            return f"{self.kind} {self.value} minute{'' if self.value == '1' else 's'}"
        return f"{self.kind} {self.value}".rstrip()


@record
class RuleHours:
    """Business hours of a rule, as they are written; without a week that of the desk holds."""

    week: str = ""
    holidays: tuple[str, ...] = ()
    zone: str = ""
    """Name of the time zone, such as Europe/Warsaw; empty for that of the system."""


@record
class Rule:
    """A standing order."""

    name: str
    when: tuple[Condition, ...]
    then: tuple[Action, ...]
    hours: RuleHours = RuleHours()
    enabled: bool = False
    stop: bool = False
    """Whether the rules below it are not looked at when it matches."""
    id: int = 0
    """0 for one that is not stored."""
    since: int = 0
    """When it was switched on (ms UTC)."""
    desk_hours: BusinessHours = field(default=ALWAYS_OPEN, compare=False, repr=False)
    """Hours of the desk when the rule was read, for a rule without its own."""

    @property
    def author(self) -> str:
        """Return how the history and its answers name it."""
        return f"rule {self.name}"

    @property
    def wait_minutes(self) -> int:
        """Return after how many minutes without an answer it acts; 0 if it acts on texts."""
        waits = [c.value for c in self.when if c.kind is ConditionKind.NO_ANSWER]
        return max(map(int, waits), default=0)

    @property
    def is_about_opt_out(self) -> bool:
        """Return whether it is about a text with which a customer opts out."""
        return any(condition.kind is ConditionKind.OPT_OUT for condition in self.when)

    @property
    def answer(self) -> str:
        """Return the name of the canned reply that it sends, or ""; no rule has two."""
        return next((one.value for one in self.then if one.kind is ActionKind.ANSWER), "")

    @property
    def business_hours(self) -> BusinessHours:
        """Return its business hours: those of the desk, but its own week, if it has one."""
        own, desk = read_hours(self.hours), self.desk_hours
        if self.hours == RuleHours():
            return desk
        return BusinessHours(
            own.week or desk.week, own.holidays | desk.holidays, own.zone or desk.zone
        )


@dataclass(frozen=True)
class Situation:
    """A text that has arrived, or a customer who has waited, as conditions see it."""

    at: int
    """When the customer wrote; for a wait, when its time was over (ms UTC)."""
    text: str
    """The customer's text; for a wait the newest one."""
    account: str = ""
    own: str = ""
    """Our address that the customer wrote to."""
    labels: frozenset[str] = frozenset()
    is_first: bool = False
    """Whether there is no earlier message."""
    is_stop: bool = False
    """Whether the text opts the customer out."""
    is_help: bool = False
    is_due: bool = False
    """Whether the time of a wait is over; False for a text."""

    @functools.cached_property
    def words(self) -> Words:
        """Return the words of the text, folded as the search folds them."""
        return Words(fold_text(self.text))


def matches(rule: Rule, situation: Situation, labels: Collection[str] | None = None) -> bool:
    """Return whether all conditions of a rule hold.

    Args:
        rule: The rule, switched on or not.
        situation: Text, or end of a wait.
        labels: Labels of the conversation now; None for those of the situation.
    """
    if situation.is_due != bool(rule.wait_minutes):
        return False
    known = situation.labels if labels is None else labels
    return all(_holds(condition, rule, situation, known) for condition in rule.when)


def select_matching(rules: Iterable[Rule], situation: Situation) -> list[Rule]:
    """Return the rules that act, in their order; each sees the labels that others have changed.

    Args:
        rules: Rules from top to bottom.
        situation: Text, or end of a wait.
    """
    labels, found = set(situation.labels), []
    for rule in rules:
        if not matches(rule, situation, labels):
            continue
        found.append(rule)
        change_labels(labels, rule.then)
        if rule.stop:
            break
    return found


def change_labels(labels: set[str], actions: Iterable[Action]) -> None:
    """Add and remove the labels that actions name.

    Args:
        labels: Labels of a conversation; changed in place.
        actions: Actions of a rule.
    """
    for action in actions:
        if action.kind is ActionKind.LABEL:
            labels.add(action.value)
        elif action.kind is ActionKind.UNLABEL:
            labels.discard(action.value)


def _holds(condition: Condition, rule: Rule, situation: Situation, labels: Collection[str]) -> bool:
    """Return whether one condition holds."""
    value = condition.value
    match condition.kind:
        case ConditionKind.ARRIVES:
            return not situation.is_due
        case ConditionKind.NO_ANSWER:
            return situation.is_due
        case ConditionKind.FIRST_CONTACT:
            return situation.is_first
        case ConditionKind.OUTSIDE_HOURS:
            return not rule.business_hours.is_open_at(situation.at)
        case ConditionKind.WORDS:
            return any(_contains(situation.words, one) for one in read_words(value))
        case ConditionKind.ALL_WORDS:
            return all(_contains(situation.words, one) for one in read_words(value))
        case ConditionKind.ACCOUNT:
            return situation.account.casefold() == value.casefold()
        case ConditionKind.NUMBER:
            return _compact(situation.own) == _compact(value)
        case ConditionKind.LABEL:
            return value.casefold() in {label.casefold() for label in labels}
        case ConditionKind.OPT_OUT:
            return situation.is_stop
        case ConditionKind.HELP:
            return situation.is_help


def _compact(address: str) -> str:
    """Return one of our addresses for comparison: providers write numbers in several ways."""
    return re.sub(r"[\s()+.-]", "", address).casefold()


@functools.lru_cache(maxsize=1_000)
def read_words(value: str) -> tuple[tuple[Phrase, ...], ...]:
    """Return for each word or phrase of a list with commas the ways in which it can be written."""
    return tuple(_read_phrase(part) for part in split_words(value))


def _read_phrase(phrase: str) -> tuple[Phrase, ...]:
    """Return the ways to write one word, or words that follow each other; none if it has none."""
    conditions = parse_words('"{}"'.format(phrase.replace('"', " ")))
    if not conditions:
        return ()
    exact = next(iter(conditions[0].list_phrases()))
    terms, other = split_terms(fold_text(phrase))
    begin, end = terms[0][1], terms[-1][2]
    # "e-mail" is also written as one word, and a number without its groups.
    joined = [Phrase((text,), False) for text, *span, _ in other if span == [begin, end]]
    return (exact, *joined)


def _contains(words: Words, forms: Iterable[Phrase]) -> bool:
    """Return whether a text contains one of the forms of a word."""
    return any(form.is_met(words) for form in forms)


def split_words(value: str) -> Iterator[str]:
    """Yield the words and phrases of a list with commas."""
    yield from filter(None, (" ".join(part.split()) for part in value.split(",")))


@functools.lru_cache(maxsize=200)
def read_hours(hours: RuleHours) -> BusinessHours:
    """Return business hours from their text.

    Raises:
        InvalidRuleError: Hours, a holiday or the zone are not valid.
    """
    zone: tzinfo | None = None
    if hours.zone:
        try:
            zone = ZoneInfo(hours.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            text = one_line(hours.zone, 30)
            raise InvalidRuleError(
                f'"{text}" is no time zone: write it like Europe/Warsaw'
            ) from None
    try:
        return parse_hours(hours.week, hours.holidays, zone)
    except InvalidHoursError as error:
        raise InvalidRuleError(str(error)) from None


BUILT_IN_RULES = (
    Rule("help", (Condition(ConditionKind.HELP),), (Action(ActionKind.ANSWER, "help"),)),
    Rule("stop", (Condition(ConditionKind.OPT_OUT),), (Action(ActionKind.ANSWER, "stop"),)),
)
"""Rules that every inbox has, switched off."""
