"""Let the texts of the last days pass by the rules once more, in memory.

The functions that judge are those that judge new texts. What agents did meanwhile counts as it
was: their answers, closed conversations and opt-outs end a wait.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from tui.clock import DAY
from tui.desk.rule_answers import RulePreferences, prepare_answer
from tui.desk.rule_trial import TrialHit, TrialResult
from tui.domain.action_list import ActionKind
from tui.domain.automatic_texts import (
    RECENT_TEXTS,
    AnswerFacts,
    RecentText,
    find_answer_problem,
)
from tui.domain.consent import Verdict
from tui.domain.conversation import Conversation
from tui.domain.rules import (
    ConditionKind,
    Rule,
    Situation,
    change_labels,
    matches,
    select_matching,
)
from tui.store.rule_helpers import AnswerRequest
from tui.store.rule_history import Ending, RuleHistory, StoredText
from tui.store.store import Store


@dataclass(slots=True)
class _Case:
    """State of a conversation during the trial."""

    conversation: Conversation
    labels: set[str]
    is_opted_out: bool
    is_suspected: bool = False
    """Whether an agent has yet to decide if a text is an opt-out."""
    waiting_since: int | None = None
    answered_at: int | None = None
    """When the last automatic answer would have been written."""
    last_text: StoredText | None = None
    recent: deque[tuple[int, RecentText]] = field(
        default_factory=lambda: deque(maxlen=RECENT_TEXTS)
    )


class RuleSimulation:
    """One dry run."""

    def __init__(
        self,
        store: Store,
        preferences: RulePreferences,
        rules: Sequence[Rule],
        names: Sequence[str],
        zone: tzinfo | None = None,
    ) -> None:
        """Create a dry run.

        Args:
            store: Store with the texts.
            preferences: Settings that automatic answers depend on.
            rules: All rules that would have been on, in their order.
            names: Rules whose effect is reported.
            zone: Zone of dates and times in answers; None for that of the system.
        """
        self._history: RuleHistory = store.rule_history
        self._preferences = preferences
        self._rules = [rule for rule in rules if not rule.wait_minutes]
        self._timed = [rule for rule in rules if rule.wait_minutes]
        # Only these need to know what a text means for consent.
        self._asks_for_consent = any(
            rule.answer or any(one.kind is ConditionKind.HELP for one in rule.when)
            for rule in rules
        )
        self._names = frozenset(names)
        self._zone = zone
        self._cases: dict[int, _Case] = {}
        self._due: list[tuple[int, int, int, int]] = []
        """Ends of waits: time, place of the rule, conversation, beginning of the wait."""
        self._fired: dict[tuple[int, int], int] = {}
        self._now = 0
        """Time up to which everything has happened (ms UTC)."""
        self._hits: list[TrialHit] = []

    async def run(
        self, now: int, days: int, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> TrialResult:
        """Judge the texts of the last days; cancelling it ends it at once.

        Args:
            now: Current time (ms UTC).
            days: Number of days.
            progress: Called with how many texts are judged, and how many there are.
        """
        since = now - days * DAY
        self._start = await self._history.read_start(since)
        self._endings = deque(self._start.endings)
        self._first_decisions = {
            e.conversation_id: e.action for e in reversed(self._endings) if e.action in _DECISIONS
        }
        self._stops = {e.message_id for e in self._start.endings if e.action == "opted out"}
        done = after = 0
        while part := await self._history.read_texts(after, since, now):
            for text in part:
                self._take_text(text)
                done += not text.is_ours
            after = part[-1].id
            progress(done, self._start.texts)
            await asyncio.sleep(0)
        self._pass_time(now + 1)
        return TrialResult(days, done, tuple(self._hits))

    # What happened -------------------------------------------------------------------------------

    def _take_text(self, text: StoredText) -> None:
        """Let time pass up to a message, and judge it if a customer wrote it."""
        self._pass_time(text.arrived_at, text.id)
        self._now = text.arrived_at
        case = self._find_case(text.conversation_id)
        if case is None:
            return
        if text.is_ours:
            if text.is_answer:
                case.waiting_since = None
        else:
            self._receive(case, text)
        case.recent.append((text.id, RecentText(text.is_ours, text.body, text.at)))

    def _receive(self, case: _Case, text: StoredText) -> None:
        """Judge the text of a customer, who waits from now on."""
        case.last_text = text
        is_stop = text.id in self._stops
        if not is_stop:
            since = case.waiting_since
            case.waiting_since = text.at if since is None else min(text.at, since)
            self._watch_wait(case)
        verdict = self._classify(case, text)
        case.is_suspected = case.is_suspected or verdict is Verdict.SUSPECTED
        situation = self._describe(case, text, verdict, is_stop=is_stop)
        for rule in select_matching(self._rules, situation):
            self._apply(rule, case, text, situation, text.arrived_at)

    def _classify(self, case: _Case, text: StoredText) -> Verdict | None:
        """Return what a text means for consent; None if no rule has to know."""
        if not self._asks_for_consent:
            return None
        return self._history.classify(text.body, case.conversation.party)

    def _describe(
        self, case: _Case, text: StoredText, verdict: Verdict | None, *, is_stop: bool = False
    ) -> Situation:
        """Return a text as conditions see it."""
        return Situation(
            at=text.at,
            text=text.body,
            account=text.account,
            own=text.own or case.conversation.own,
            labels=frozenset(case.labels),
            is_first=self._start.first_ids.get(text.conversation_id) == text.id,
            is_stop=is_stop,
            is_help=verdict is Verdict.HELP,
        )

    def _pass_time(self, until: int, own_id: int = -1) -> None:
        """Let everything happen that was due before a time (ms UTC), in its order.

        What belongs to the text with the id itself, such as its opt-out, has happened with it.
        """
        while True:
            due = self._due[0][0] if self._due else until
            ending = self._endings[0] if self._endings else None
            is_past = ending is not None and ending.at < until and ending.at <= due
            if is_past or (due >= until and ending is not None and ending.message_id == own_id):
                self._end_wait(self._endings.popleft())
            elif due < until:
                self._end_time(*heapq.heappop(self._due))
            else:
                return

    def _end_wait(self, ending: Ending) -> None:
        """Take in what an agent has done, or that a customer has opted out or in."""
        self._now = ending.at
        case = self._find_case(ending.conversation_id)
        if case is None:
            return
        if ending.action == "close":
            case.waiting_since = None
        elif ending.action in _DECISIONS:
            case.is_opted_out = ending.action in _OPT_OUTS
            self._watch_wait(case)
        if ending.action in _JUDGEMENTS:
            case.is_suspected = _JUDGEMENTS[ending.action]

    def _watch_wait(self, case: _Case) -> None:
        """Note when the time of a wait is over, for each rule about waits."""
        since = case.waiting_since
        for place, rule in enumerate(self._timed if since is not None else ()):
            due = rule.business_hours.add_open_time(since or 0, rule.wait_minutes)
            if due is not None:
                heapq.heappush(self._due, (due, place, case.conversation.id, since or 0))

    def _end_time(self, due: int, place: int, conversation_id: int, since: int) -> None:
        """Judge a wait whose time is over, if it still goes on."""
        case, rule = self._cases[conversation_id], self._timed[place]
        text, key = case.last_text, (place, conversation_id)
        if text is None or case.waiting_since != since or case.is_opted_out:
            return
        if self._fired.get(key, -1) >= since:
            return
        self._fired[key] = since
        situation = replace(self._describe(case, text, None), at=due, is_due=True)
        if matches(rule, situation):
            self._apply(rule, case, text, situation, max(due, self._now))

    def _find_case(self, conversation_id: int) -> _Case | None:
        """Return the state of a conversation; None if there is none with this id."""
        if conversation_id not in self._cases:
            row = self._start.conversations.get(conversation_id)
            if row is None:
                return None
            first = self._first_decisions.get(conversation_id)
            opted_out = row.opted_out if first is None else first not in _OPT_OUTS
            self._cases[conversation_id] = _Case(row, set(row.labels), opted_out)
        return self._cases[conversation_id]

    # What would have been done -------------------------------------------------------------------

    def _apply(
        self, rule: Rule, case: _Case, text: StoredText, situation: Situation, now: int
    ) -> None:
        """Note what a rule would have done."""
        change_labels(case.labels, rule.then)
        if any(action.kind is ActionKind.CLOSE for action in rule.then):
            case.waiting_since = None
        answer = problem = ""
        if rule.answer:
            answer, problem = self._answer(rule, case, text, situation, now)
        if answer:
            case.answered_at = now
            case.recent.append((0, RecentText(True, answer, now)))
        if rule.name in self._names:
            done = tuple(str(one) for one in rule.then if one.kind is not ActionKind.ANSWER)
            place = (rule.name, case.conversation, text.id, text.body, situation.at)
            self._hits.append(TrialHit(*place, done, answer, problem))

    def _answer(
        self, rule: Rule, case: _Case, text: StoredText, situation: Situation, now: int
    ) -> tuple[str, str]:
        """Return the answer of a rule, or why there would have been none."""
        can_confirm = (
            self._preferences.confirm_opt_outs and rule.is_about_opt_out and situation.is_stop
        )
        facts = AnswerFacts(
            party=case.conversation.party,
            text=text.body,
            at=situation.at,
            now=now,
            is_opted_out=case.is_opted_out,
            is_suspected=case.is_suspected,
            can_confirm=can_confirm,
            is_answered_by_provider=text.is_notice,
            answered_at=case.answered_at,
            recent=[one for identity, one in case.recent if identity != text.id],
        )
        if reason := find_answer_problem(facts):
            return "", reason
        body = self._start.replies.get(rule.answer)
        if body is None:
            return "", f'there is no canned reply "{rule.answer}"'
        row = replace(
            case.conversation,
            account=text.account,
            own=text.own or case.conversation.own,
            opted_out=case.is_opted_out,
        )
        fields = {**self._start.fields, **self._start.contact_fields.get(row.party, {})}
        request = AnswerRequest(rule, body, fields, row, now, text.id if can_confirm else None)
        prepared = prepare_answer(request, self._preferences, self._zone)
        return ("", prepared) if isinstance(prepared, str) else (prepared.body, "")


_OPT_OUTS = frozenset({"opted out", "opt out", "opt in taken back"})
_DECISIONS = _OPT_OUTS | {"opted in", "opt in"}
"""Actions of the history that opt a customer out or in."""
_JUDGEMENTS = {
    **dict.fromkeys(("opt out", "opt in", "not an opt-out"), False),
    "judgement taken back": True,
}
"""Actions after which no text is a possible opt-out any more, or one is again."""
