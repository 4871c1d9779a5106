"""Words of line mode about agents and teams: who is there, who answers, and how fast."""

from datetime import datetime, time, timedelta

from tui.clock import SECOND
from tui.desk.answer_report import format_answer_report
from tui.desk.assigning import format_members, list_assignees, resolve_assignee
from tui.desk.team_actions import TeamActions
from tui.domain.agent_level import AgentRecord, Level, UnknownNameError
from tui.domain.date_input import format_moment
from tui.domain.statistics import find_median_wait
from tui.domain.text import format_span, one_line
from tui.plain.session import PlainSession, line_handler
from tui.plain.triage import show_result
from tui.plain.view_words import report_change

_DAYS = 7
"""Days of the statistics."""
_TEAM_USAGE = (
    "Type team away mon · team away bo mon · team back · team add NAME · team level NAME lead"
    " · team save TEAM NAMES · team rename OLD NEW · team remove TEAM"
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

    await report_change(session, run)


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


@line_handler("numbers")
async def show_statistics(session: PlainSession, typed: str) -> None:
    """Show the figures of the last seven days, or of as many as are typed.

    Args:
        session: State of this agent's line-mode session.
        typed: Number of days; anything else is ignored.
    """
    days = min(int(typed), 366) if typed.isdecimal() and int(typed) else _DAYS
    now, zone = session.context.clock.now(), session.context.zone
    day = datetime.fromtimestamp(now / SECOND, zone).date() - timedelta(days=days - 1)
    since = round(datetime.combine(day, time(), zone).timestamp() * SECOND)
    traffic = await session.store.statistics.get_statistics(since, now)
    answers = await session.store.answer_targets.list_answers(since, now + 1)
    wait = find_median_wait(traffic.reply_times, since)
    session.dialog.write_line(
        f"{days} days: {sum(traffic.received)} in, {sum(traffic.sent)} out, first answer (median)"
        f" {format_span(wait, units=2) if wait is not None else 'none'}."
    )
    for line in filter(None, format_answer_report(answers)):
        session.dialog.write_line(line)
