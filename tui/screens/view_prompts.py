"""Questions about saved views: name, filter, time for an answer, hours of the desk."""

from tui.domain.answer_targets import (
    TARGET_EXAMPLE,
    InvalidTargetError,
    format_target,
    parse_target,
)
from tui.domain.business_hours import (
    ALWAYS_OPEN,
    DESK_EXAMPLE,
    BusinessHours,
    InvalidHoursError,
    format_desk_hours,
    parse_desk_hours,
)
from tui.domain.conversation import View
from tui.domain.text import one_line
from tui.domain.view_text import VIEW_WORDS, InvalidViewError, format_view, parse_view
from tui.domain.views import format_view_name
from tui.screens.questions import PromptScreen
from tui.store.view_rows import SavedView


def make_name_prompt(view: View, agent: str) -> PromptScreen:
    """Return the dialog that asks for the name of a view, which describes itself already.

    Args:
        view: View to save.
        agent: Agent who saves it.
    """
    name = format_view_name(view, agent)
    hint = f"Saves {format_view(view, agent)} · v lists the views, g and a digit shows one"
    return PromptScreen(
        "Save what is shown as", one_line(hint, 150), "sales", verb="saves", value=name
    )


def find_filter_problem(typed: str, agent: str) -> str:
    """Return what is wrong with a filter; "" if it is one.

    Args:
        typed: Typed filter.
        agent: Agent who types it.
    """
    try:
        parse_view(typed, agent)
    except InvalidViewError as problem:
        return str(problem)
    return ""


def find_target_problem(typed: str) -> str:
    """Return what is wrong with a typed time for an answer; "" if it is one."""
    try:
        parse_target(typed)
    except (InvalidTargetError, InvalidHoursError) as problem:
        return str(problem)
    return ""


def find_hours_problem(typed: str) -> str:
    """Return what is wrong with typed business hours; "" if they can be used."""
    try:
        parse_desk_hours(typed)
    except InvalidHoursError as problem:
        return str(problem)
    return ""


def make_rename_prompt(saved: SavedView) -> PromptScreen:
    """Return the dialog that asks for another name of a view."""
    title = f"Rename {one_line(saved.name, 40)}"
    return PromptScreen(title, "Shown after g and in the list", "sales", value=saved.name)


def make_filter_prompt(saved: SavedView, agent: str) -> PromptScreen:
    """Return the dialog that asks for another filter of a view.

    Args:
        saved: View as it is.
        agent: Agent who changes it.
    """
    return PromptScreen(
        f"Filter of {one_line(saved.name, 40)}",
        VIEW_WORDS,
        "account:au is:unread",
        verb="saves",
        value=format_view(saved.view, agent),
        find_problem=lambda typed: find_filter_problem(typed, agent),
    )


def make_target_prompt(saved: SavedView) -> PromptScreen:
    """Return the dialog that asks within which time a view is answered."""
    return PromptScreen(
        f"Answer within, in {one_line(saved.name, 30)}",
        "Business time; own hours after a comma; off for none",
        TARGET_EXAMPLE,
        verb="saves",
        value=format_target(saved.answer_within, saved.hours) if saved.answer_within else "",
        find_problem=find_target_problem,
    )


def make_hours_prompt(hours: BusinessHours) -> PromptScreen:
    """Return the dialog that asks when the desk is open.

    Args:
        hours: Hours as they are.
    """
    return PromptScreen(
        "The desk is open",
        "Hours; holidays; time zone · always for no hours",
        DESK_EXAMPLE,
        verb="saves",
        value=format_desk_hours(hours) if hours != ALWAYS_OPEN else "",
        find_problem=find_hours_problem,
    )
