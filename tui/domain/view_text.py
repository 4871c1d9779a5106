"""Write a view as one line, and read it: `account:au label:vip is:unread team:sales`.

The same words are typed into the dialog of the views, in line mode and on the command line.
"""

import difflib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from tui.domain.conversation import Order, State, View
from tui.domain.record_type import record
from tui.domain.text import one_line

VIEW_WORDS = "account: own: label: assigned: team: state: is: order: and words of a name or number"
"""What a filter can contain, as a hint under the field."""
_EVERY_STATE = "all"
_ME, _NO_ONE = "me", "none"
_ORDERS = {Order.WAITING: "waiting", Order.NEWEST: "newest", Order.DUE: "due"}
_PART = re.compile(
    r'(?P<name>[a-zA-Z]+):(?P<value>"(?:[^"\\]|\\.)*"|[^\s"]*)|(?P<words>"(?:[^"\\]|\\.)*"|\S+)'
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BARE_VALUE = re.compile(r'[^\s"\\]+')
_BARE_WORD = re.compile(r'(?![a-zA-Z]+:)[^\s"\\]+')


class InvalidViewError(ValueError):
    """A filter cannot be understood; the text names the word and what was probably meant."""


@record
class _Value:
    """Value of a word, and whether it was in quotes, so that it is meant literally."""

    text: str
    is_quoted: bool
    agent: str
    """Agent who typed it: "me"."""


def parse_view(typed: str, agent: str) -> View:
    """Return the view that a filter describes; every word has to hold.

    Args:
        typed: Filter; empty for all open conversations.
        agent: Agent who typed it: "me".

    Raises:
        InvalidViewError: A word is unknown, is there twice, or has a wrong value.
    """
    view, words, seen = View(), list[str](), set[str]()
    for name, value in _split_words(typed, agent):
        if not name:
            words.append(value.text)
            continue
        if name not in _READERS:
            raise InvalidViewError(
                _describe_unknown(f"{name}:", [f"{known}:" for known in _READERS])
            )
        known = f"{name}:{value.text}" if name == "is" else name
        known = "assigned" if known in ("is:mine", "is:unassigned") else known
        if known in seen:
            raise InvalidViewError(f"{one_line(known, 30)} is there twice: leave one out")
        seen.add(known)
        if not value.text:
            raise InvalidViewError(f"{name}: has no value: write it without a blank, or in quotes")
        view = _READERS[name](view, value)
    kinds = view.failed or view.starred or view.unread or view.overdue
    view = replace(view, text=" ".join(words), only_state=bool(kinds) and "state" in seen)
    if view.team and view.assignee is not None:
        raise InvalidViewError("team: and assigned: exclude each other: leave one out")
    if (view.drafts_of or view.mentions_of) and view != View(
        drafts_of=view.drafts_of, mentions_of=view.mentions_of, text=view.text
    ):
        raise InvalidViewError("is:draft and is:mentioned take only words beside them")
    if view.drafts_of and view.mentions_of:
        raise InvalidViewError("is:draft and is:mentioned exclude each other: leave one out")
    return (
        view
        if not (kinds and view.state is None)
        else replace(view, state=State.OPEN, only_state=False)
    )


def has_filter_words(typed: str) -> bool:
    """Return whether a text has words of a filter, such as `label:vip`, beside plain ones."""
    return any((found["name"] or "").lower() in _READERS for found in _PART.finditer(typed))


def format_view(view: View, agent: str) -> str:
    """Return the filter that `parse_view` reads as this view.

    Args:
        view: View to write down.
        agent: Agent who reads it: "me".
    """
    parts = [
        f"{name}:{_quote_value(value)}"
        for name, value in (("account", view.account), ("own", view.own), ("label", view.label))
        if value
    ]
    if view.assignee is not None:
        parts.append(f"assigned:{_format_assignee(view.assignee, agent)}")
    if view.team:
        parts.append(f"team:{_quote_value(view.team)}")
    flags = {
        "unread": view.unread,
        "overdue": view.overdue,
        "failed": view.failed,
        "starred": view.starred,
        "draft": view.drafts_of,
        "mentioned": view.mentions_of,
    }
    parts += [f"is:{name}" for name, on in flags.items() if on]
    is_usual = any(flags.values()) if not view.only_state else False
    if not is_usual and (view.only_state or view.state is not State.OPEN):
        parts.append(f"state:{view.state.value if view.state is not None else _EVERY_STATE}")
    if view.order is not Order.WAITING:
        parts.append(f"order:{_ORDERS[view.order]}")
    if view.text:
        parts.append(_quote_words(view.text))
    return " ".join(parts) or "state:open"


def _split_words(typed: str, agent: str) -> Iterator[tuple[str, _Value]]:
    """Yield the name (empty for plain words) and the value of each part."""
    for found in _PART.finditer(typed):
        quoted = found["value"] if found["name"] else found["words"]
        is_quoted = len(quoted) > 1 and quoted[0] == quoted[-1] == '"'
        text = _ESCAPED.sub(r"\1", quoted[1:-1]) if is_quoted else quoted
        yield (found["name"] or "").lower(), _Value(text, is_quoted, agent)


def _describe_unknown(word: str, known: Collection[str]) -> str:
    """Return that a word of a filter is unknown, with the nearest one that exists.

    Args:
        word: Word as it was typed: "stat:" or "state:opne".
        known: Words that there are.
    """
    # What stands before the colon is the same in all of them, or nothing does.
    names = {name.rstrip(":").rpartition(":")[2]: name for name in known}
    typed = word.rstrip(":").rpartition(":")[2].lower()
    near = [names[name] for name in difflib.get_close_matches(typed, names, n=1, cutoff=0.6)]
    meant = f'did you mean "{near[0]}"?' if near else f"there is {' '.join(known)}"
    return f'There is no filter "{one_line(word, 40)}" · {meant}'


def _read_state(view: View, value: _Value) -> View:
    """Read `state:open`."""
    states: dict[str, State | None] = {state.value: state for state in State} | {_EVERY_STATE: None}
    if value.text.lower() not in states:
        raise InvalidViewError(
            _describe_unknown(f"state:{value.text}", [f"state:{name}" for name in states])
        )
    return replace(view, state=states[value.text.lower()])


def _read_order(view: View, value: _Value) -> View:
    """Read `order:newest`."""
    orders = {name: order for order, name in _ORDERS.items()}
    if value.text.lower() not in orders:
        raise InvalidViewError(
            _describe_unknown(f"order:{value.text}", [f"order:{name}" for name in orders])
        )
    return replace(view, order=orders[value.text.lower()])


def _read_assignee(view: View, value: _Value) -> View:
    """Read `assigned:me`, `assigned:none`, `assigned:bo` or `assigned:@sales`."""
    names = {} if value.is_quoted else {_ME: value.agent, _NO_ONE: ""}
    return replace(view, assignee=names.get(value.text.lower(), value.text))


def _read_flag(view: View, value: _Value) -> View:
    """Read `is:unread`."""
    flags: dict[str, dict[str, object]] = {
        "unread": {"unread": True},
        "overdue": {"overdue": True},
        "failed": {"failed": True},
        "starred": {"starred": True},
        "draft": {"drafts_of": value.agent},
        "mentioned": {"mentions_of": value.agent},
        "mine": {"assignee": value.agent},
        "unassigned": {"assignee": ""},
    }
    if value.text.lower() not in flags:
        raise InvalidViewError(
            _describe_unknown(f"is:{value.text}", [f"is:{name}" for name in flags])
        )
    return replace(view, **flags[value.text.lower()])  # type: ignore[arg-type]


_READERS: dict[str, Callable[[View, _Value], View]] = {
    "account": lambda view, value: replace(view, account=value.text),
    "own": lambda view, value: replace(view, own=value.text),
    "label": lambda view, value: replace(view, label=value.text.removeprefix("#")),
    "assigned": _read_assignee,
    "team": lambda view, value: replace(view, team=value.text.removeprefix("@")),
    "state": _read_state,
    "is": _read_flag,
    "order": _read_order,
}


def _format_assignee(assignee: str, agent: str) -> str:
    """Return an assignee as the filter writes it."""
    if not assignee:
        return _NO_ONE
    if assignee == agent:
        return _ME
    if assignee.lower() in (_ME, _NO_ONE):
        return f'"{assignee}"'
    return _quote_value(assignee)


def _quote_value(value: str) -> str:
    """Return the value of a word, in quotes if it has to be."""
    return value if _BARE_VALUE.fullmatch(value) else _quote(value)


def _quote_words(text: str) -> str:
    """Return plain words, in quotes if they would be read as anything else."""
    words = text.split(" ")
    return text if all(_BARE_WORD.fullmatch(word) for word in words) else _quote(text)


def _quote(text: str) -> str:
    """Return a text in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
