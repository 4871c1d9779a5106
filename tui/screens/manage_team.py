"""Dialog of the agents and teams: who is here, away or a lead, and who belongs to which team."""

from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.desk.actions import ConversationActions
from tui.desk.assigning import format_members
from tui.desk.context import AppContext
from tui.desk.outages import explain_failure
from tui.desk.team_actions import OTHERS_ABSENCE, TEAM_SCOPE, TeamActions, TeamProblem
from tui.domain.agent_level import (
    TEAM_MARK,
    AgentRecord,
    Level,
    Team,
    clean_team_name,
    find_team_name_problem,
)
from tui.domain.change import RELOAD, VIEWS_CHANGED, Change
from tui.domain.date_input import EXAMPLES, InvalidMomentError, format_moment
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.screens.pick import Choice, Choices, Picked
from tui.screens.pick_several import PickSeveralScreen
from tui.screens.questions import PromptScreen
from tui.store.errors import StoreError
from tui.store.store import Store


class TeamScreen(DialogScreen[None]):
    """List agents, then teams."""

    DEFAULT_CSS = """
    TeamScreen .dialog { width: 78; padding: 0 1; }
    TeamScreen Choices { height: 12; background: $surface; }
    TeamScreen Choices > .choice--none { color: $text-muted; }
    TeamScreen Choices > .choice--detail { color: $text-muted; }
    TeamScreen #said { height: auto; min-height: 1; max-height: 3; color: $text-warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close"),
        Binding("down,j", "move(1)", "Next"),
        Binding("up,k", "move(-1)", "Previous"),
        Binding("w,enter", "away", "Away until, or members of a team"),
        Binding("l", "level", "Lead or agent"),
        Binding("a", "add", "Add an agent"),
        Binding("t", "add_team", "New team"),
        Binding("r", "rename", "Rename the team"),
        Binding("d", "drop", "Delete the team"),
        Binding("z", "undo", "Undo"),
    ]
    choices = getters.query_one(Choices)
    status_line = getters.query_one("#said", Static)

    def __init__(self, store: Store, app_context: AppContext, actions: ConversationActions) -> None:
        """Create the dialog.

        Args:
            store: Store that has agents and teams.
            app_context: Agent and preferences.
            actions: Actions of the agent, which undo the changes.
        """
        super().__init__()
        self._store = store
        self._app_context = app_context
        self._actions = actions
        self._team = TeamActions(
            store, app_context.agent, app_context.clock, app_context.zone, actions.remember_undo
        )
        self._agents: list[AgentRecord] = []
        self._teams: list[Team] = []

    def compose(self) -> ComposeResult:
        """Yield the list and a status line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Agents and teams"
            dialog.border_subtitle = (
                "Enter away, members · l level · a agent · t team · r rename · d delete"
            )
            yield Choices("No agents yet: a adds one", ascii=self._app_context.ascii)
            yield Static(id="said")

    async def on_mount(self) -> None:
        """Read and show everyone."""
        await self._reload()
        if not self._teams:
            self.show_status("No teams yet: t creates one")

    def show_status(self, text: str) -> None:
        """Show a text in the status line.

        Args:
            text: One line.
        """
        self.status_line.update(Content(one_line(text, 220)))

    async def apply_changes(self, changes: Iterable[Change]) -> None:
        """Follow what colleagues change.

        Args:
            changes: What changed, in the order of the store.
        """
        if {RELOAD, VIEWS_CHANGED} & set(changes):
            await self._reload()

    @report_store_errors
    async def _reload(self) -> None:
        """Read agents and teams and show them; the cursor stays on its line."""
        self._agents = await self._store.team.list_agents()
        self._teams = await self._store.team.list_teams()
        lines = [self._format_agent(agent) for agent in self._agents]
        lines += [
            Choice(team.assignee, team.assignee, format_members(team.members))
            for team in self._teams
        ]
        if self.choices.current_row is None:
            await self.choices.show_choices(lines)
        else:
            await self.choices.replace_choices(lines)

    def _format_agent(self, agent: AgentRecord) -> Choice:
        """Return the line of an agent: level, presence, absence and teams."""
        context = self._app_context
        details = ["you"] if agent.name == context.agent else []
        details += ["lead"] if agent.level is Level.LEAD else []
        if agent.away_until is not None:
            now = context.clock.now()
            moment = format_moment(agent.away_until, now, context.zone, with_distance=False)
            details.append(f"away until {moment}")
        elif agent.is_present and agent.name != context.agent:
            details.append("here now")
        details += [f"{TEAM_MARK}{team}" for team in agent.teams]
        return Choice(agent.name, one_line(agent.name, 30), " · ".join(details))

    @property
    def _current_name(self) -> str:
        """Return the agent, or the team with its @, under the cursor."""
        row = self.choices.current_row
        return row.value if row is not None else ""

    @property
    def _current_team(self) -> Team | None:
        """Return the team under the cursor."""
        return next((t for t in self._teams if t.assignee == self._current_name), None)

    async def action_move(self, rows: int) -> None:
        """Move the cursor.

        Args:
            rows: Number of rows; negative moves up.
        """
        await self.choices.move_by(rows)

    async def action_away(self) -> None:
        """Ask until when an agent is away, or who belongs to a team."""
        team, name = self._current_team, self._current_name
        if team is not None and (refusal := await self._team.explain_refusal("teams")):
            self.show_status(refusal)
        elif team is not None:
            self._ask_members(team)
        elif name:
            heading = (
                "You are away until" if name == self._app_context.agent else f"{name} is away until"
            )
            hint = f"{EXAMPLES} · back ends it"
            what = "" if name == self._app_context.agent else OTHERS_ABSENCE
            await self._ask(
                heading, hint, "mon", lambda typed: self._team.set_away(name, typed), what=what
            )

    async def action_level(self) -> None:
        """Make the agent a lead, or no longer one."""
        agent = next((a for a in self._agents if a.name == self._current_name), None)
        if agent is None:
            self.show_status("Teams have no level: choose an agent")
            return
        level = Level.AGENT if agent.level is Level.LEAD else Level.LEAD
        await self._run(lambda: self._team.set_level(agent.name, level))

    async def action_add(self) -> None:
        """Ask for the name of a new agent."""
        hint = "As colleagues see it: `agent` in the settings of their desk"
        await self._ask("New agent", hint, "bo", self._team.add_agent, what="agents")

    @report_store_errors
    async def action_add_team(self) -> None:
        """Ask for the name of a new team, then for its members."""
        if refusal := await self._team.explain_refusal("teams"):
            self.show_status(refusal)
            return

        def ask_members(name: str | None) -> None:
            if name is not None:
                cleaned = clean_team_name(name)
                known = next((team for team in self._teams if team.name == cleaned), None)
                self._ask_members(known or Team(cleaned, ()), is_new=known is None)

        hint = "One word; digits, dots and hyphens too"
        prompt = PromptScreen("New team", hint, "sales", find_problem=find_team_name_problem)
        self.app.push_screen(prompt, ask_members)

    async def action_rename(self) -> None:
        """Ask for another name of the team."""
        team = self._current_team
        if team is None:
            self.show_status("Only teams are renamed here: choose one")
            return
        name = team.name
        await self._ask(
            f"Rename {team.assignee}",
            "Its conversations stay with it",
            "sales",
            lambda typed: self._team.rename_team(name, typed),
            value=name,
            what="teams",
        )

    async def action_drop(self) -> None:
        """Delete the team; undo restores it."""
        team = self._current_team
        if team is None:
            self.show_status("Only teams are deleted here: agents stay in the history")
            return
        await self._run(lambda: self._team.delete_team(team.name))

    async def action_undo(self) -> None:
        """Undo the last change."""
        await self._run(lambda: self._actions.undo_last(TEAM_SCOPE))

    def _ask_members(self, team: Team, *, is_new: bool = False) -> None:
        """Ask who belongs to a team."""
        choices = [
            Choice(agent.name, agent.name, on=agent.name in team.members) for agent in self._agents
        ]
        title = f"Members of {team.assignee}"
        # Enter alone must not change who belongs to the team: it confirms what is ticked.
        use_ascii = self._app_context.ascii
        screen = PickSeveralScreen(title, choices, new="", picks_current=False, ascii=use_ascii)

        async def save(picked: Picked | None) -> None:
            if picked is None:
                return
            names = (*picked.toggled, picked.value)
            changed = {name for name in names if name and names.count(name) == 1}
            added, removed = sorted(changed - set(team.members)), sorted(changed & {*team.members})
            if is_new:
                await self._run(lambda: self._team.save_team(team.name, added))
            else:
                await self._run(lambda: self._team.change_members(team.name, added, removed))

        self.app.push_screen(screen, save)

    @report_store_errors
    async def _ask(
        self,
        heading: str,
        hint: str,
        example: str,
        change: Callable[[str], Awaitable[str]],
        *,
        value: str = "",
        what: str,
    ) -> None:
        """Ask for one line and make a change with it, unless only leads change `what`."""
        refusal = await self._team.explain_refusal(what) if what else ""
        if refusal:
            self.show_status(refusal)
            return

        prompt = PromptScreen(heading, hint, example, verb="saves", value=value)
        prompt.store_line = lambda typed: self._run(lambda: change(typed))
        self.app.push_screen(prompt)

    async def _run(self, change: Callable[[], Awaitable[str]]) -> str:
        """Make a change and show what was done, or why it was not; return why, or ""."""
        # Before the change: colleagues' changes, and this one, are followed while it is stored.
        known = {row.value for row in self.choices.rows}
        try:
            text = await change()
        except (*TeamProblem, InvalidMomentError) as problem:
            self.show_status(str(problem))
            return str(problem)
        except StoreError as error:
            self.show_status(explain_failure(error))
            return explain_failure(error)
        await self._reload()
        added = [row for row in self.choices.rows if row.value not in known]
        if len(added) == 1:
            await self.choices.go_to_row(added[0])
        self.show_status(text)
        return ""
