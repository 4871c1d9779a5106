"""Words of line mode about views: list what a filter describes, save it, change what is saved."""

from collections.abc import Awaitable, Callable

from tui.desk.answer_actions import AnswerActions
from tui.desk.permissions import NotAllowedError
from tui.desk.view_actions import (
    UnknownViewError,
    ViewActions,
    find_next_account_view,
    find_saved_view,
    split_view_name,
)
from tui.desk.view_names import describe_unknown_names
from tui.domain.agent_level import UnknownNameError
from tui.domain.answer_targets import InvalidTargetError
from tui.domain.business_hours import InvalidHoursError, describe_hours
from tui.domain.conversation import View
from tui.domain.date_input import InvalidMomentError
from tui.domain.text import one_line
from tui.domain.view_text import VIEW_WORDS, InvalidViewError, format_view, parse_view
from tui.domain.views import format_view_name
from tui.plain.lines import end_sentence
from tui.plain.lists import show_first_page
from tui.plain.session import PlainSession, line_handler
from tui.store.view_rows import SavedView

_PROBLEMS = (
    NotAllowedError,
    UnknownNameError,
    UnknownViewError,
    InvalidViewError,
    InvalidMomentError,
    InvalidTargetError,
    InvalidHoursError,
)
_VIEW_USAGE = (
    "Type v NAME · v rename NAME to NEW · v move NAME up · v remove NAME · v private NAME"
    " · v notify NAME · v set NAME to FILTER · v within NAME 30m · v hours mon-fri 9-17"
)


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
        return await describe_unknown_names(session.store, session.context.accounts, view)

    await report_change(session, show)


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
    actions = _make_view_actions(session)
    await report_change(session, lambda: actions.save_view(name.strip() or proposed, session.view))


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


def _make_view_actions(session: PlainSession) -> ViewActions:
    """Return the changes of views by this agent."""
    context, remember_undo = session.context, session.actions.remember_undo
    return ViewActions(session.store, context.agent, remember_undo, context.accounts)


async def change_view(session: PlainSession, typed: str) -> bool:
    """Run `rename`, `move`, `within`, `hours` and the like; return whether it was one of them.

    Args:
        session: State of this agent's line-mode session.
        typed: What was typed after the command of the lists.
    """
    verb, _, rest = typed.partition(" ")
    agent = session.context.agent
    actions = _make_view_actions(session)

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
    verbs = {
        "within": lambda: _set_target(session, answers, rest),
        "hours": lambda: _set_hours(session, answers, rest),
        "rename": rename,
        "set": set_filter,
        "move": move,
        "remove": remove,
        "private": share,
        "notify": notify,
    }
    if verb not in verbs:
        return False
    if verb != "hours" and not rest.strip():
        # A view may be called "set", say.
        views = await session.store.views.list_views(agent)
        is_view = any(saved.name.casefold().startswith(verb) for saved in views)
        if not is_view:
            session.dialog.write_line(f"{_VIEW_USAGE}.")
        return not is_view
    await report_change(session, verbs[verb])
    return True


async def _set_target(session: PlainSession, answers: AnswerActions, typed: str) -> str:
    """Set the time for an answer of a view: "vip 30m", "vip to 30m"."""
    store, agent = session.store, session.context.agent
    name, _, target = typed.partition(" to ")
    if not target:  # the name is as long as a view has one
        names = [saved.name for saved in await store.views.list_views(agent)]
        name, target = split_view_name(typed, names)
    if not target:
        return _VIEW_USAGE
    return await answers.set_target(await find_saved_view(store, agent, name), target)


async def _set_hours(session: PlainSession, answers: AnswerActions, typed: str) -> str:
    """Set when the desk is open; return when it is open now if nothing is typed."""
    if typed.strip():
        return await answers.set_hours(typed)
    hours = describe_hours(await session.store.answer_targets.get_hours())
    return f"The desk {hours} · v hours mon-fri 9-17 changes it"


async def report_change(session: PlainSession, work: Callable[[], Awaitable[str]]) -> None:
    """Do something, and write what was done or why it was not.

    Args:
        session: State of this agent's line-mode session.
        work: Does it, and returns the confirmation.
    """
    try:
        text = await work()
    except _PROBLEMS as problem:
        text = str(problem)
    if text:
        session.dialog.write_line(end_sentence(text))
