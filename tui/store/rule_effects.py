"""Do what a rule says beyond the conversation itself: turns of a team, notices, hooks."""

from collections.abc import Sequence
from dataclasses import replace

from tui.clock import Clock
from tui.domain.action_list import ROUND_ROBIN, Action, ActionKind
from tui.domain.change import Subject
from tui.domain.rules import Rule
from tui.store.engine import Transaction
from tui.store.journal import queue_hook
from tui.store.queries import queries
from tui.store.rows import Row
from tui.store.rule_helpers import RuleHelpers
from tui.store.summaries import Summary
from tui.store.team_rows import is_away


class RuleEffects:
    """Effects of one rule on one conversation, inside a transaction."""

    def __init__(
        self,
        transaction: Transaction,
        clock: Clock,
        helpers: RuleHelpers,
        summary: Summary,
        problems: list[str],
    ) -> None:
        """Create the effects.

        Args:
            transaction: Transaction of the caller.
            clock: Source of the current time.
            helpers: What the rules need that is not in the store.
            summary: The conversation.
            problems: Receives what an agent has to fix.
        """
        self._transaction = transaction
        self._connection = transaction.connection
        self._clock = clock
        self._helpers = helpers
        self._summary = summary
        self._problems = problems

    def resolve_assignee(self, action: Action) -> Action | None:
        """Return an action with the agent whose turn it is; None if nothing is to be done.

        What would be assigned to an agent or a team that does not exist would be lost.

        Args:
            action: Action of the rule.
        """
        if action.kind is not ActionKind.ASSIGN:
            return action
        if not action.value.startswith(ROUND_ROBIN):
            return action if self._is_known(action.value, "assigned") else None
        team = action.value.removeprefix(ROUND_ROBIN).strip().removeprefix("@")
        # Who has the conversation keeps it: the next text of the customer is not another turn.
        if self._summary["assignee"] not in ("", f"@{team}"):
            return None
        members = self._list_members(team, "assigned")
        return replace(action, value=self._take_turn(team, members)) if members else None

    def _take_turn(self, team: str, members: Sequence[str]) -> str:
        """Return the member after the last one whose turn it was; one who is away is passed over.

        If all are away, the turn counts nevertheless.
        """
        sql, now = queries("rules"), self._clock.now()
        last = sql.last_turn(self._connection, team=team)
        first = members.index(last) + 1 if last in members else 0
        order = [*members[first:], *members[:first]]
        here = (agent for agent in order if not is_away(self._connection, agent, now))
        agent = next(here, order[0])
        sql.save_turn(self._connection, team=team, agent=agent)
        return agent

    def _list_members(self, team: str, what: str) -> Sequence[str]:
        """Return the members of a team; if there are none, note what was not done."""
        members = self._helpers.list_members(self._connection, team)
        if not members and self._is_known(f"@{team}", what):
            self._problems.append(f"no agent was {what}, as the team @{team} has no members")
        return members

    def run_outside(self, rule: Rule, action: Action, row: Row) -> None:
        """Notify agents, or queue a hook; other actions need nothing here.

        Args:
            rule: The rule.
            action: Action of the rule.
            row: Text of the customer.
        """
        if action.kind is ActionKind.NOTIFY:
            self._notify(action.value, row)
        elif action.kind is ActionKind.HOOK and action.value not in self._helpers.hooks:
            self._problems.append(f"the hook {action.value} was not run: the settings have none")
        elif action.kind is ActionKind.HOOK:
            queue_hook(
                self._transaction,
                action.value,
                {"rule": rule.name},
                conversation_id=self._summary["id"],
                message_id=row["id"],
                agent=rule.author,
            )

    def _notify(self, name: str, row: Row) -> None:
        """Notify an agent or a team of the text, as a mention does."""
        names: Sequence[str] = (name,)
        if name.startswith("@"):
            names = self._list_members(name[1:], "notified")
        elif not self._is_known(name, "notified"):
            return
        here = {"message_id": row["id"], "conversation_id": self._summary["id"]}
        for agent in names:
            queries("writing").add_mention(self._connection, agent=agent, **here)
        if names:
            self._transaction.mark_changed(Subject.MENTION, row["id"], self._summary["id"])

    def _is_known(self, name: str, what: str) -> bool:
        """Return whether there is an agent or a team with a name; note the problem if not."""
        sql, team = queries("rules"), name.removeprefix("@")
        if name.startswith("@"):
            found = sql.has_team(self._connection, team=team)
        else:
            found = sql.has_agent(self._connection, agent=name)
        if not found:
            kind = "team" if name.startswith("@") else "agent"
            self._problems.append(f'no agent was {what}, as there is no {kind} "{team}"')
        return bool(found)
