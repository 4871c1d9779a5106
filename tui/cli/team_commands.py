"""Implement `smsdesk views`, `teams` and `agents` with the functions that the desk uses."""

import asyncio
import random
from argparse import Namespace
from collections.abc import Awaitable, Callable
from typing import Any

from tui.cli import context
from tui.cli.errors import BAD_USE, DONE, FAILED, CommandError
from tui.cli.show import note_empty_result, pad_text, write_json, write_line
from tui.clock import SystemClock
from tui.desk.answer_actions import AnswerActions
from tui.desk.permissions import NotAllowedError
from tui.desk.team_actions import TeamActions
from tui.desk.undo_stack import UndoAction
from tui.desk.unread_counts import UnreadCounts
from tui.desk.view_actions import UnknownViewError, ViewActions, find_saved_view
from tui.domain.agent_level import AgentRecord, Level, Team, UnknownNameError
from tui.domain.answer_targets import InvalidTargetError, format_target
from tui.domain.business_hours import InvalidHoursError, describe_hours, format_desk_hours
from tui.domain.date_input import InvalidMomentError, format_moment
from tui.domain.json_fields import format_iso_time
from tui.domain.text import one_line, to_printable
from tui.domain.view_text import InvalidViewError, format_view, parse_view
from tui.store.store import Store
from tui.store.view_rows import SavedView

_MISTAKES = (
    InvalidViewError,
    UnknownViewError,
    UnknownNameError,
    InvalidMomentError,
    InvalidTargetError,
    InvalidHoursError,
)
_USAGE = {
    ("views", "show"): "NAME",
    ("views", "save"): "NAME --filter FILTER",
    ("views", "rename"): "NAME NEW",
    ("views", "move"): "NAME up|down",
    ("views", "remove"): "NAME",
    ("views", "within"): "NAME 30m",
    ("views", "hours"): '"mon-fri 9-17; 2026-12-25; Europe/Warsaw"',
    ("teams", "save"): "NAME [AGENT ...]",
    ("teams", "rename"): "NAME NEW",
    ("teams", "remove"): "NAME",
    ("agents", "add"): "NAME",
    ("agents", "set"): "NAME --level LEVEL or --away WHEN",
}


def run(arguments: Namespace) -> int:
    """Run one action on views, teams or agents.

    Args:
        arguments: Parsed arguments with `command`, `action`, `names`, `json` and the options of
            the command.
    """
    with context.open_reader(arguments) as reader:
        if reader is None and arguments.action == "list":
            return DONE
    try:
        return asyncio.run(_run_action(arguments))
    except _MISTAKES as problem:
        raise CommandError(to_printable(str(problem)), BAD_USE) from None
    except NotAllowedError as problem:
        raise CommandError(to_printable(str(problem)), FAILED) from None


async def _run_action(arguments: Namespace) -> int:
    """Open the store and run the action."""
    from tui.startup.wiring import open_store

    desk, clock = context.load_public_settings(arguments), SystemClock()
    runners: dict[str, Callable[[Store, str, SystemClock, Namespace], Awaitable[str]]] = {
        "views": _run_views,
        "teams": _run_teams,
        "agents": _run_agents,
    }
    with context.convert_store_errors():
        async with open_store(desk, clock, random.Random()) as store:
            text = await runners[arguments.command](store, desk.agent, clock, arguments)
    if text and not arguments.json:
        write_line(text)
    return DONE


async def _run_views(store: Store, agent: str, clock: SystemClock, arguments: Namespace) -> str:
    """Run an action on saved views; return the confirmation."""
    accounts, names = context.load_public_settings(arguments).accounts, arguments.names
    actions = ViewActions(store, agent, _forget_undo, accounts)
    answers = AnswerActions(store, agent, _forget_undo)
    match arguments.action, names:
        case "list", []:
            await _print_views(store, agent, arguments.json)
            return ""
        case "show", [name]:
            await _print_views(store, agent, arguments.json, await _find(store, agent, name))
            return ""
        case "save", [name] if arguments.filter is not None:
            view = parse_view(arguments.filter, agent)
            text = await actions.save_view(name, view, private=arguments.private)
        case "rename", [name, new]:
            text, name = await actions.rename_view(await _find(store, agent, name), new), new
        case "move", [name, "up" | "down" as way]:
            saved = await _find(store, agent, name)
            text = await actions.move_view(saved, -1 if way == "up" else 1)
        case "within", [name, *target] if target:
            saved = await _find(store, agent, name)
            text = await answers.set_target(saved, " ".join(target))
        case "hours", names:
            if names:
                await answers.set_hours(" ".join(names))
            hours = await store.answer_targets.get_hours()
            if arguments.json:
                write_json({"hours": format_desk_hours(hours)})
            return f"The desk {describe_hours(hours)}"
        case "remove", [name]:
            return await actions.remove_view(await _find(store, agent, name))
        case _:
            raise _refuse_usage(arguments)
    if arguments.json:
        await _print_views(store, agent, True, await _find(store, agent, name))
    return text


async def _find(store: Store, agent: str, name: str) -> SavedView:
    """Return the saved view with a name or key."""
    return await find_saved_view(store, agent, name)


async def _print_views(
    store: Store, agent: str, as_json: bool, only: SavedView | None = None
) -> None:
    """Print one line for each view: key, name, unread conversations, filter."""
    counts = UnreadCounts(store, agent)
    await counts.reload()
    for saved in counts.views:
        if only is not None and saved.identity != only.identity:
            continue
        words = format_view(saved.view, agent)
        if as_json:
            write_json(
                {
                    "name": saved.name,
                    "key": saved.key or None,
                    "filter": words,
                    "private": bool(saved.owner),
                    "unread": counts.get_count(saved),
                    "answer_within": saved.answer_within or None,
                    "hours": saved.hours or None,
                }
            )
            continue
        unread = counts.format_count(saved) or "-"
        name = pad_text(one_line(saved.name, 30), 24)
        note = "  (private)" if saved.owner else ""
        if saved.answer_within:
            note += f"  (within {format_target(saved.answer_within, saved.hours)})"
        write_line(f"{saved.key or ' ':<3}{name}  {unread:>6}  {one_line(words, 200)}{note}")


async def _run_teams(store: Store, agent: str, clock: SystemClock, arguments: Namespace) -> str:
    """Run an action on teams; return the confirmation."""
    actions = TeamActions(store, agent, clock, None, _forget_undo)
    match arguments.action, arguments.names:
        case "list", []:
            teams = await store.team.list_teams()
            if not teams:
                note_empty_result(arguments, "there are no teams yet")
            for team in teams:
                _print_team(team, arguments.json)
            return ""
        case "save", [name, *members]:
            text = await actions.save_team(name, members)
        case "rename", [old, name]:
            text = await actions.rename_team(old, name)
        case "remove", [name]:
            return await actions.delete_team(name)
        case _:
            raise _refuse_usage(arguments)
    if arguments.json:
        _print_team(await actions.find_team(name), True)
    return text


def _print_team(team: Team, as_json: bool) -> None:
    """Print a team with its members."""
    if as_json:
        write_json({"name": team.name, "members": list(team.members)})
    else:
        members = ", ".join(one_line(name, 30) for name in team.members) or "no members"
        write_line(f"{pad_text(team.assignee, 20)}  {members}")


async def _run_agents(store: Store, agent: str, clock: SystemClock, arguments: Namespace) -> str:
    """Run an action on agents; return the confirmation."""
    actions, texts = TeamActions(store, agent, clock, None, _forget_undo), list[str]()
    match arguments.action, arguments.names:
        case "list", []:
            for record in await store.team.list_agents():
                _print_agent(record, clock.now(), arguments.json)
            return ""
        case "add", [name]:
            texts.append(await actions.add_agent(name))
        case "set", [name] if arguments.level or arguments.away:
            if arguments.away:
                texts.append(await actions.set_away(name, arguments.away))
            if arguments.level:
                texts.append(await actions.set_level(name, Level(arguments.level)))
        case _:
            raise _refuse_usage(arguments)
    if arguments.json:
        wanted = await actions.find_agent(name)
        for record in await store.team.list_agents():
            if record.name == wanted:
                _print_agent(record, clock.now(), True)
    return " · ".join(texts)


def _print_agent(agent: AgentRecord, now: int, as_json: bool) -> None:
    """Print an agent with level, absence, presence and teams."""
    if as_json:
        found: dict[str, Any] = {
            "name": agent.name,
            "level": agent.level.value,
            "away_until": format_iso_time(agent.away_until),
            "present": agent.is_present,
            "teams": list(agent.teams),
        }
        write_json(found)
        return
    details = [f"@{team}" for team in agent.teams]
    if agent.away_until is not None:
        moment = format_moment(agent.away_until, now, None, with_distance=False)
        details.insert(0, f"away until {moment}")
    elif agent.is_present:
        details.insert(0, "here now")
    name = pad_text(one_line(agent.name, 30), 20)
    write_line(f"{name}  {agent.level.value:<6} {', '.join(details)}".rstrip())


def _refuse_usage(arguments: Namespace) -> CommandError:
    """Return the error for missing or superfluous names."""
    usage = _USAGE.get((arguments.command, arguments.action), "")
    line = f"smsdesk {arguments.command} {arguments.action} {usage}".strip()
    return CommandError(f"write it as {line}; nothing was changed", BAD_USE)


def _forget_undo(message: str, undo: UndoAction, scope: str = "") -> str:
    """Return the message alone: a command of the shell has no undo."""
    return message
