"""Add, change, switch, move and delete rules; each is confirmed in one line and can be undone."""

from collections.abc import Mapping

from tui.desk.context import AppContext
from tui.desk.permissions import require_lead
from tui.desk.rule_book import describe_deleted, drop_state, find_kept, switch_rule
from tui.desk.rule_names import SCREEN_FIXES, find_missing, read_names
from tui.desk.view_actions import RememberUndo
from tui.domain.rules import Rule
from tui.domain.text import one_line
from tui.store.store import Store

RULES_SCOPE = "rules"
"""Scope of what the list of the rules can undo by itself."""
_CHANGED = "Not undone: a colleague has changed it meanwhile"


class RuleActions:
    """Changes of the rules by one agent; most methods return the confirmation.

    The store refuses them to agents who are no leads.
    """

    def __init__(
        self,
        store: Store,
        context: AppContext,
        remember_undo: RememberUndo,
        fixes: Mapping[str, str] = SCREEN_FIXES,
    ) -> None:
        """Create the actions.

        Args:
            store: Store shared by all agents.
            context: Agent and accounts.
            remember_undo: Remembers how to undo an action.
            fixes: What adds a thing that a rule names and that is missing, on this surface.
        """
        self._store = store
        self._rules = store.rules
        self._context = context
        self._agent = context.agent
        self._remember_undo = remember_undo
        self._fixes = fixes

    async def check_level(self) -> None:
        """Check that the agent may change rules, before anything is asked.

        Raises:
            NotAllowedError: Only leads may.
        """
        await require_lead(self._store, self._agent, RULES_SCOPE)

    async def find_missing(self, rule: Rule) -> str:
        """Return the first thing that a rule names and that does not exist, or ""."""
        return find_missing(
            rule, await read_names(self._store, self._context.preferences, self._fixes)
        )

    async def add_rule(self, rule: Rule) -> str:
        """Add a rule at the end, switched off."""
        await self._rules.add_rule(rule, self._agent)

        async def remove_again() -> str:
            if not await self._is_as_saved(rule):
                return _CHANGED
            await self._rules.delete_rule(rule.name, self._agent)
            return f"Undone: there is no rule {_show(rule)}"

        return self._remember_undo(await self._describe_saved(rule), remove_again, RULES_SCOPE)

    async def change_rule(self, rule: Rule, old: Rule) -> str:
        """Replace a rule where it stands; on or off stays as it is.

        Args:
            rule: Rule as it is to be.
            old: Rule as it was.
        """
        await self._rules.save_rule(rule, self._agent, replaces=old.name)

        async def restore_older_rule() -> str:
            if not await self._is_as_saved(rule):
                return _CHANGED
            if old.id:
                await self._rules.save_rule(old, self._agent, replaces=rule.name)
            else:
                await self._rules.delete_rule(rule.name, self._agent)
            return f"Undone: {_show(old)} is as it was"

        text = await self._describe_saved(rule)
        return self._remember_undo(text, restore_older_rule, RULES_SCOPE)

    async def delete_rule(self, rule: Rule) -> str:
        """Delete a rule; a built-in one that was changed is as it was at first, and off."""
        if kept := find_kept(rule):
            return kept
        names = [one.name for one in await self._rules.list_rules()]
        place = names.index(rule.name) if rule.name in names else len(names)
        await self._rules.delete_rule(rule.name, self._agent)

        async def restore_rule() -> str:
            await self._rules.restore_rule(rule, place, self._agent)
            return f"Undone: {_show(rule)} is restored"

        return self._remember_undo(describe_deleted(rule), restore_rule, RULES_SCOPE)

    async def move_rule(self, rule: Rule, steps: int) -> str:
        """Move a rule up or down: those above act first.

        Args:
            rule: Rule to move.
            steps: Places down; negative moves up.
        """
        if not await self._rules.move_rule(rule.name, steps, self._agent):
            return f"{_show(rule)} cannot be moved further"

        async def move_back() -> str:
            await self._rules.move_rule(rule.name, -steps, self._agent)
            return f"Undone: {_show(rule)} is back at its place"

        text = f"Moved {_show(rule)} {'up' if steps < 0 else 'down'}"
        return self._remember_undo(text, move_back, RULES_SCOPE)

    async def switch_rule(self, rule: Rule, *, on: bool) -> str:
        """Switch a rule on or off.

        Args:
            rule: Rule to switch, as the agent has seen its dry run.
            on: Whether to switch it on.

        Raises:
            RuleNotReadyError: It names something that does not exist.
            RuleChangedError: It is to be on, and was changed since the dry run.
        """
        text = await switch_rule(
            self._store,
            rule.name,
            self._agent,
            on=on,
            preferences=self._context.preferences,
            tried=rule if on else None,
            fixes=self._fixes,
        )
        if rule.enabled is on:
            return text

        async def switch_back() -> str:
            await self._rules.switch_rule(rule.name, self._agent, on=not on)
            return f"Undone: {_show(rule)} is {'off' if on else 'on'}"

        return self._remember_undo(text, switch_back, RULES_SCOPE)

    async def _is_as_saved(self, rule: Rule) -> bool:
        """Return whether a rule is still what the agent has saved, on or off."""
        now = await self._rules.find_rule(rule.name)
        return now is not None and drop_state(now) == drop_state(rule)

    async def _describe_saved(self, rule: Rule) -> str:
        """Return that a rule is saved, and what it lacks."""
        missing = await self.find_missing(rule)
        return f"Saved {_show(rule)}{f', but {missing}' if missing else ''}"


def _show(rule: Rule) -> str:
    """Return the name of a rule as it is shown."""
    return one_line(rule.name, 40)
