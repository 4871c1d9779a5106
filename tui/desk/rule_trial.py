"""Try rules on stored texts: what they would have done in the last days, without doing it.

The same functions judge as when rules are switched on. What agents did meanwhile counts as it was:
their answers, closed conversations and opt-outs end a wait. Labels are those of now, with what the
rules themselves change.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from tui.desk.rule_answers import RulePreferences
from tui.domain.conversation import Conversation
from tui.domain.record_type import record
from tui.domain.rules import Rule
from tui.domain.text import format_count
from tui.store.store import Store

DEFAULT_DAYS = 14


@record
class TrialHit:
    """One time that a rule would have acted."""

    rule: str
    conversation: Conversation
    message_id: int
    text: str
    """The customer's text; for a wait the newest one."""
    at: int
    """Ms UTC."""
    actions: tuple[str, ...]
    """What would have been done, as it is written; without the answer."""
    answer: str = ""
    """Text of the answer; empty for none."""
    not_answered: str = ""
    """Why an answer of the rule would not have been sent."""


@record
class TrialResult:
    """What rules would have done."""

    days: int
    texts: int
    """Texts that were judged."""
    hits: tuple[TrialHit, ...]

    @property
    def summary(self) -> str:
        """Return the result in a line: "would have matched 34 conversations, answered 12"."""
        matched = {hit.conversation.id for hit in self.hits}
        answered = {hit.conversation.id for hit in self.hits if hit.answer}
        days = format_count(self.days, "day")
        found = format_count(len(matched), "conversation")
        return f"Last {days}: would have matched {found}, answered {len(answered)}"


def choose_trial_rules(stored: Sequence[Rule], tried: Sequence[Rule]) -> list[Rule]:
    """Return the rules of a dry run: those that are on, and the tried ones where they stand.

    Args:
        stored: Rules of the inbox, in their order.
        tried: Rules to try; one with the name of a stored rule takes its place.
    """
    by_name = {rule.name: rule for rule in tried}
    known = {rule.name for rule in stored}
    kept = [by_name.get(rule.name, rule) for rule in stored if rule.enabled or rule.name in by_name]
    return [*kept, *(rule for rule in tried if rule.name not in known)]


async def try_rules(
    store: Store,
    preferences: RulePreferences,
    tried: Sequence[Rule],
    now: int,
    days: int = DEFAULT_DAYS,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> TrialResult:
    """Return what rules would have done in the last days, beside those that are on.

    Args:
        store: Store with the texts; nothing is written.
        preferences: Settings that automatic answers depend on.
        tried: Rules to try; one with the name of a stored rule takes its place.
        now: Current time (ms UTC).
        days: Number of days.
        progress: Called with how many texts are judged, and how many there are.
    """
    from tui.desk.rule_simulation import RuleSimulation

    hours = await store.answer_targets.get_hours()
    chosen = choose_trial_rules(await store.rules.list_rules(), tried)
    rules = [replace(rule, desk_hours=hours) for rule in chosen]
    names = [rule.name for rule in tried]
    return await RuleSimulation(store, preferences, rules, names).run(now, days, progress)
