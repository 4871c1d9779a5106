"""Words of line mode about views, agents and teams, and to whom a conversation is assigned."""

from collections.abc import Awaitable, Callable

from tui.desk.answer_actions import AnswerActions
from tui.desk.assigning import format_members, list_assignees, resolve_assignee
from tui.desk.permissions import NotAllowedError
from tui.desk.team_actions import TeamActions
from tui.desk.view_actions import (
    UnknownViewError,
    ViewActions,
    find_next_account_view,
    find_saved_view,
    split_view_name,
)
from tui.domain.agent_level import AgentRecord, Level, UnknownNameError
from tui.domain.answer_targets import InvalidTargetError
from tui.domain.business_hours import InvalidHoursError, describe_hours
from tui.domain.conversation import View
from tui.domain.date_input import InvalidMomentError, format_moment
from tui.domain.text import one_line
from tui.domain.view_text import VIEW_WORDS, InvalidViewError, format_view, parse_view
from tui.domain.views import format_view_name
from tui.plain.lists import show_first_page
from tui.plain.session import PlainSession, line_handler
from tui.plain.triage import show_result
from tui.store.saved_views import ViewExistsError
from tui.store.view_rows import SavedView

_PROBLEMS = (
    NotAllowedError,
    UnknownNameError,
    UnknownViewError,
    ViewExistsError,
    InvalidViewError,
    InvalidMomentError,
    InvalidTargetError,
    InvalidHoursError,
)
_TEAM_USAGE = (
    "Type team away mon · team away bo mon · team back · team add NAME · team level NAME lead"
    " · team save TEAM NAMES · team rename OLD NEW · team remove TEAM"
)
_VIEW_USAGE = (
    "Type v NAME · v rename NAME to NEW · v move NAME up · v remove NAME · v private NAME"
    " · v notify NAME · v set NAME to FILTER · v within NAME 30m · v hours mon-fri 9-17"
)


@line_handler("assign")
async def assign_conversation(session: PlainSession, typed: str) -> None:
    """Assign the conversation to an agent or a team, by number or name.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    context, store = session.context, session.store
    now, zone = context.clock.now(), context.zone
    assignees = await list_assignees(store, context.agent, now, zone)
    if typed.strip() and not typed.strip().isdigit():
        try:
            value = await resolve_assignee(store, context.agent, typed)
        except UnknownNameError as problem:
            session.dialog.write_line(f"{one_line(str(problem), 200)}. team adds one.")
            return
    else:
        shown = [one_line(f"{a.text}{f' ({a.detail})' if a.detail else ''}", 60) for a in assignees]
        place = await session.dialog.choose_item("Assign to", shown, typed)
        if place is None:
            return
        value = assignees[place].value
    absence = next((a.absence for a in assignees if a.value == value), "")
    if absence and (
        await session.dialog.ask_line(f"{absence}: Enter assigns anyway, 0 does not: ")
    ):
        session.dialog.write_line("Not assigned.")
        return
    await show_result(session, await session.actions.assign_conversations([session.current], value))


@line_handler("filter")
async def filter_list(session: PlainSession, typed: str) -> None:
    """List what a filter describes.

    Args:
        session: State of this agent's line-mode session.
        typed: The filter; empty to be asked for it.
    """
    typed = typed or await session.dialog.ask_line(f"Filter ({VIEW_WORDS}): ")

    async def show() -> str:
        agent = session.context.agent
        view = parse_view(typed, agent)
        session.view = await session.store.team.resolve_view(view, agent)
        await show_first_page(session)
        return ""

    await _report(session, show)


@line_handler("save_view")
async def save_view(session: PlainSession, typed: str) -> None:
    """Save what is listed under a name.

    Args:
        session: State of this agent's line-mode session.
        typed: Name of the view; empty to be asked for it.
    """
    agent = session.context.agent
    proposed = format_view_name(session.view, agent)
    shown = one_line(format_view(session.view, agent), 100)
    name = typed or await session.dialog.ask_line(f"Save {shown} as (Enter: {proposed}): ")
    actions = ViewActions(session.store, agent, session.actions.remember_undo)
    await _report(session, lambda: actions.save_view(name.strip() or proposed, session.view))


@line_handler("show_account")
async def list_account(session: PlainSession, typed: str) -> None:
    """List the conversations of one account; again: those of the next.

    Args:
        session: State of this agent's line-mode session.
        typed: Name of the account; empty for that of the open conversation, then the next.
    """
    names = tuple(account.name for account in session.context.accounts)
    view = find_next_account_view(session.view, session.conversation, names)
    if typed:
        view = View(account=typed)
    if view is None:
        session.dialog.write_line("No accounts yet: smsdesk without --plain sets one up.")
        return
    session.view = view
    await show_first_page(session)


async def change_view(session: PlainSession, typed: str) -> bool:
    """Run `rename`, `move`, `within`, `hours` and the like; return whether it was one of them.

    Args:
        session: State of this agent's line-mode session.
        typed: What was typed after the command of the lists.
    """
    verb, _, rest = typed.partition(" ")
    agent = session.context.agent
    actions = ViewActions(session.store, agent, session.actions.remember_undo)

    async def find(name: str) -> SavedView:
        return await find_saved_view(session.store, agent, name)

    async def rename() -> str:
        name, _, new = rest.partition(" to ")
        return await actions.rename_view(await find(name), new) if new.strip() else _VIEW_USAGE

    async def set_filter() -> str:
        name, _, words = rest.partition(" to ")
        return await actions.edit_view(await find(name), words)

    async def move() -> str:
        name, _, way = rest.rpartition(" ")
        if way not in ("up", "down"):
            return _VIEW_USAGE
        return await actions.move_view(await find(name), -1 if way == "up" else 1)

    async def remove() -> str:
        return await actions.remove_view(await find(rest))

    async def share() -> str:
        return await actions.toggle_private(await find(rest))

    async def notify() -> str:
        return await actions.toggle_notice(await find(rest))

    answers = AnswerActions(session.store, agent, session.actions.remember_undo)

    async def set_target() -> str:
        name, _, target = rest.partition(" to ")
        if not target:  # "vip 30m": the name is as long as a view has one
            names = [saved.name for saved in await session.store.views.list_views(agent)]
            name, target = split_view_name(rest, names)
        return await answers.set_target(await find(name), target) if target else _VIEW_USAGE

    async def set_hours() -> str:
        if rest.strip():
            return await answers.set_hours(rest)
        hours = describe_hours(await session.store.answer_targets.get_hours())
        return f"The desk {hours} · v hours mon-fri 9-17 changes it"

    verbs = {
        "within": set_target,
        "hours": set_hours,
        "rename": rename,
        "set": set_filter,
        "move": move,
        "remove": remove,
        "private": share,
        "notify": notify,
    }
    if verb not in verbs or (verb != "hours" and not rest.strip()):
        return False
    await _report(session, verbs[verb])
    return True


@line_handler("team")
async def manage_team(session: PlainSession, typed: str) -> None:
    """List agents and teams, or change them.

    Args:
        session: State of this agent's line-mode session.
        typed: What to change, as in "away mon" or "save sales bo mia"; empty lists all.
    """
    context = session.context
    actions = TeamActions(
        session.store,
        context.agent,
        context.clock,
        context.zone,
        session.actions.remember_undo,
    )
    verb, *words = typed.split() or [""]
    if not verb:
        await _list_team(session)
        return

    async def run() -> str:
        return await run_team_words(actions, verb, words) or _TEAM_USAGE

    await _report(session, run)


async def run_team_words(actions: TeamActions, verb: str, words: list[str]) -> str:
    """Change agents or teams; return the confirmation, "" if the words are not understood.

    Args:
        actions: Changes by this agent.
        verb: What to do.
        words: To whom or what.
    """
    match verb, words:
        case "back", _:
            return await actions.set_away(words[0] if words else actions.agent, "back")
        case "away", [_, *_]:
            return await _set_away(actions, words)
        case "add", [_, *_]:
            return await actions.add_agent(" ".join(words))
        case "level", [*name, level] if name and level in list(Level):
            return await actions.set_level(" ".join(name), Level(level))
        case "save", [team, *members]:
            return await actions.save_team(team, [name.strip(",") for name in members])
        case "rename", [old, new]:
            return await actions.rename_team(old, new)
        case "remove", [team]:
            return await actions.delete_team(team)
    return ""


async def _set_away(actions: TeamActions, words: list[str]) -> str:
    """Record an absence: the first word can be the name of an agent."""
    try:
        name = await actions.find_agent(words[0])
    except UnknownNameError:
        return await actions.set_away(actions.agent, " ".join(words))
    if len(words) == 1:
        return ""
    return await actions.set_away(name, " ".join(words[1:]))


async def _list_team(session: PlainSession) -> None:
    """Write one line for each agent and team."""
    for agent in await session.store.team.list_agents():
        session.dialog.write_line(f"{_format_agent(session, agent)}.")
    for team in await session.store.team.list_teams():
        session.dialog.write_line(f"Team {team.assignee}: {format_members(team.members)}.")
    session.dialog.write_line(f"{_TEAM_USAGE}.")


def _format_agent(session: PlainSession, agent: AgentRecord) -> str:
    """Return the line of an agent."""
    context = session.context
    details = ["you"] if agent.name == context.agent else []
    details += ["lead"] if agent.level is Level.LEAD else []
    if agent.away_until is not None:
        now = context.clock.now()
        moment = format_moment(agent.away_until, now, context.zone, with_distance=False)
        details.append(f"away until {moment}")
    elif agent.is_present:
        details.append("here now")
    details += [f"@{team}" for team in agent.teams]
    return f"{one_line(agent.name, 30)}: {', '.join(details) or 'agent'}"


async def _report(session: PlainSession, work: Callable[[], Awaitable[str]]) -> None:
    """Do something, and write what was done or why it was not."""
    try:
        text = await work()
    except _PROBLEMS as problem:
        text = str(problem)
    if text:
        session.dialog.write_line(f"{one_line(text, 300)}.")
