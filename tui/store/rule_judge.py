"""Judge one text or wait by the rules inside a transaction, and do what they say."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from tui.clock import HOUR, MINUTE, Clock
from tui.domain.action_list import (
    InvalidActionError,
    plan_change,
)
from tui.domain.automatic_texts import (
    ANSWER_PAUSE_MS,
    RECENT_TEXTS,
    AnswerFacts,
    RecentText,
    find_answer_problem,
)
from tui.domain.change import Subject
from tui.domain.consent import Verdict
from tui.domain.ids import smallest_id_at
from tui.domain.message import Direction
from tui.domain.rules import ConditionKind, Rule, Situation, matches, select_matching
from tui.domain.text import one_line
from tui.store.applied_actions import apply_change, get_labels
from tui.store.audit import record_action
from tui.store.engine import Transaction
from tui.store.incoming import ConsentClassifier
from tui.store.message_rows import insert_note
from tui.store.queries import queries
from tui.store.queueing import MessageQueue
from tui.store.rows import Row, to_conversation
from tui.store.rule_effects import RuleEffects
from tui.store.rule_helpers import AnswerRequest, RuleHelpers
from tui.store.summaries import Summaries, Summary

Source = dict[str, Any]
"""By which way a text came: `own`, and `is_notice` if the provider took it for an opt-out."""


class RuleJudge:
    """State while rules act in one transaction."""

    def __init__(
        self,
        transaction: Transaction,
        clock: Clock,
        rng: random.Random,
        classify: ConsentClassifier,
        helpers: RuleHelpers,
    ) -> None:
        """Create the judge of one transaction.

        Args:
            transaction: Transaction of the caller.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
            classify: Finds calls for help in customers' texts.
            helpers: What the rules need that is not in the store.
        """
        self._transaction = transaction
        self._connection = transaction.connection
        self._clock = clock
        self._rng = rng
        self._classify = classify
        self._helpers = helpers
        self._summaries = Summaries(transaction, rng)
        self._queue = MessageQueue(clock, rng)
        self._sql = queries("rules")

    def finish(self) -> None:
        """Write the conversations that were touched."""
        self._summaries.flush()

    def judge_text(self, rules: Sequence[Rule], message_id: int) -> None:
        """Apply the rules to a customer's text; one that is gone needs nothing.

        Args:
            rules: Rules that are switched on, in their order.
            message_id: Id of the text.
        """
        row = queries("messages").get(self._connection, id=message_id)
        if row is None or row["direction"] != Direction.IN:
            return
        # A text may have waited while no rule was on: it came before those that are on now.
        arrived = (row["arrived_at"] or row["at"]) + MINUTE
        rules = [rule for rule in rules if rule.since <= arrived]
        summary, source = self._read_place(row)
        situation = self._describe_text(rules, row, summary, source)
        for rule in select_matching(rules, situation):
            self._apply_rule(rule, row, summary, source, situation)

    def judge_wait(self, rule: Rule, conversation_id: int, waiting_since: int) -> None:
        """Apply a rule to a customer who has waited without an answer.

        Args:
            rule: The rule.
            conversation_id: Id of the conversation.
            waiting_since: Since when the customer waits (ms UTC).
        """
        row = self._sql.newest_reply(self._connection, conversation_id=conversation_id)
        if row is None:
            return
        summary, source = self._read_place(row)
        due = rule.business_hours.add_open_time(waiting_since, rule.wait_minutes)
        situation = Situation(
            at=due if due is not None else self._clock.now(),
            text=row["body"],
            account=row["account"],
            own=source["own"],
            labels=frozenset(get_labels(summary)),
            is_first=not self._has_earlier(row),
            is_due=True,
        )
        if matches(rule, situation):
            self._apply_rule(rule, row, summary, source, situation)

    def _read_place(self, row: Row) -> tuple[Summary, Source]:
        """Return the conversation of a text, and by which way the text came."""
        summary = self._summaries.get(row["conversation_id"])
        found = self._sql.sources(self._connection, first_id=row["id"], last_id=row["id"])
        own = next((one["own"] for one in found if one["own"]), summary["own"])
        return summary, {"own": own, "is_notice": any(one["is_notice"] for one in found)}

    def _describe_text(
        self, rules: Iterable[Rule], row: Row, summary: Summary, source: Source
    ) -> Situation:
        """Return what the conditions see of a text; what no rule asks for is not looked up."""
        asked = {condition.kind for rule in rules for condition in rule.when}
        here = {"conversation_id": row["conversation_id"], "message_id": row["id"]}
        classify = self._classify if ConditionKind.HELP in asked else lambda text, party: None
        return Situation(
            at=row["at"],
            text=row["body"],
            account=row["account"],
            own=source["own"],
            labels=frozenset(get_labels(summary)),
            is_first=ConditionKind.FIRST_CONTACT in asked and not self._has_earlier(row),
            is_stop=ConditionKind.OPT_OUT in asked
            and bool(self._sql.is_stop(self._connection, **here)),
            is_help=classify(row["body"], summary["party"]) is Verdict.HELP,
        )

    def _has_earlier(self, row: Row) -> bool:
        """Return whether there is a message before a text."""
        place = {"conversation_id": row["conversation_id"], "id": row["id"]}
        return bool(self._sql.has_earlier(self._connection, **place))

    # What a rule does ---------------------------------------------------------------------------

    def _apply_rule(
        self, rule: Rule, row: Row, summary: Summary, source: Source, situation: Situation
    ) -> None:
        """Do what a rule says, and count it."""
        here, now, problems = summary["id"], self._clock.now(), list[str]()
        effects = RuleEffects(self._transaction, self._clock, self._helpers, summary, problems)
        actions = [effects.resolve_assignee(action) for action in rule.then]
        try:
            zone = rule.business_hours.zone
            change = plan_change((one for one in actions if one is not None), now, zone)
        except InvalidActionError as error:
            problems.append(str(error))
        else:
            apply_change(
                *(self._transaction, self._summaries, self._clock, self._rng, here),
                change,
                rule.author,
            )
        answered = False
        if rule.answer:
            try:
                answered = self._answer(rule, row, summary, source, situation)
            except _NotAnsweredError as error:
                problems.append(str(error))
        for action in rule.then:
            effects.run_outside(rule, action, row)
        hour = now // HOUR
        self._sql.count_hit(self._connection, rule_id=rule.id, hour=hour, answered=int(answered))
        for problem in problems:
            text = one_line(f"{problem[:1].upper()}{problem[1:]}", 400)
            self._note_once(rule, here, text)
            self._sql.set_problem(self._connection, id=rule.id, problem=text, at=now)
        self._transaction.mark_changed(Subject.RULE, rule.id)

    def _note_once(self, rule: Rule, conversation_id: int, text: str) -> None:
        """Leave a private note, unless the rule has left the same one in the last hours."""
        first = smallest_id_at(self._clock.now() - ANSWER_PAUSE_MS)
        note = {"first_id": first, "author": rule.author, "body": text}
        if not self._sql.has_note(self._connection, conversation_id=conversation_id, **note):
            tools = (self._transaction, self._summaries, self._clock, self._rng)
            insert_note(*tools, conversation_id, rule.author, text)

    # The answer ---------------------------------------------------------------------------------

    def _answer(
        self,
        rule: Rule,
        row: Row,
        summary: Summary,
        source: Source,
        situation: Situation,
    ) -> bool:
        """Queue an automatic answer; return False if the text itself is one that gets none.

        Raises:
            _NotAnsweredError: It cannot be sent, which an agent has to fix.
        """
        confirms = (
            self._helpers.can_confirm_opt_outs and rule.is_about_opt_out and situation.is_stop
        )
        reason = find_answer_problem(self._collect_facts(row, summary, source, situation, confirms))
        if reason:
            action, tools = "gave no answer:", (self._transaction, self._rng, self._clock)
            record_action(*tools, rule.author, action, summary["id"], row["id"], reason)
            return False
        name = rule.answer
        template = self._sql.template(self._connection, name=name)
        if template is None:
            raise _NotAnsweredError(f'not answered, as there is no canned reply "{name}"')
        fields = list(queries("writing").template_values(self._connection))
        contact = queries("contacts").contact(self._connection, party=summary["party"])
        if contact is not None:  # a field of the contact wins over the team's
            own = queries("contacts").fields_of(self._connection, person=contact["person"])
            fields.extend(own)
        prepared = self._helpers.prepare_answer(
            AnswerRequest(
                rule,
                template["body"],
                {field["name"]: field["value"] for field in fields},
                replace(to_conversation(summary), account=row["account"], own=source["own"]),
                self._clock.now(),
                row["id"] if confirms else None,
            )
        )
        if isinstance(prepared, str):
            raise _NotAnsweredError(f'not answered with "{name}": {prepared}')
        self._queue.queue_message(self._transaction, self._summaries, prepared, None)
        return True

    def _collect_facts(
        self, row: Row, summary: Summary, source: Source, situation: Situation, can_confirm: bool
    ) -> AnswerFacts:
        """Return what decides whether a text is answered automatically."""
        here = {"conversation_id": summary["id"]}
        recent = self._sql.recent_texts(self._connection, **here, id=row["id"], limit=RECENT_TEXTS)
        return AnswerFacts(
            party=summary["party"],
            text=row["body"],
            at=situation.at,
            now=self._clock.now(),
            is_opted_out=bool(summary["opted_out"]),
            is_suspected=bool(summary["suspected"]),
            can_confirm=can_confirm,
            is_answered_by_provider=source["is_notice"],
            answered_at=self._sql.last_automatic(self._connection, **here),
            recent=[
                RecentText(one["direction"] == Direction.OUT, one["body"], one["at"])
                for one in recent
            ],
        )


class _NotAnsweredError(Exception):
    """Raised when an answer cannot be sent; the text is for an agent."""
