"""The registry: every command once, with its keys, words and place.

Bindings, the palette, the `?` help, the key bar and the table in the README are all made from it,
and users remap keys by a command's id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where a command acts; also the heading of its part of the help."""

    LIST = "Conversations"
    THREAD = "Conversation"
    TRIAGE = "Triage mode"
    WRITE = "Writing"
    DESK = "Desk"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing an agent can do by key."""

    id: str
    """Names it in the settings' `[keys]`, and its action method (`action_<id>`)."""
    keys: tuple[str, ...]
    """As Textual names them; "g g" is one key after another."""
    words: str
    """What the palette and the help call it."""
    hint: str
    """One sentence more, for the help and the tooltip."""
    scope: Scope
    bar: str = ""
    """The word in the key bar; empty keeps it out of there."""


COMMANDS: tuple[Command, ...] = (
    Command("next", ("j", "down"), "Next conversation", "Move down the list", Scope.LIST),
    Command("previous", ("k", "up"), "Previous conversation", "Move up the list", Scope.LIST),
    Command("first", ("g g", "home"), "First conversation", "Go to the top", Scope.LIST),
    Command("last", ("G", "end"), "Last conversation", "Go to the bottom", Scope.LIST),
    Command("open", ("enter",), "Open", "Open it and mark it read", Scope.LIST),
    Command("back", ("escape",), "Back", "Leave what is open", Scope.LIST),
    Command(
        "next_waiting",
        ("n",),
        "Next waiting",
        "Who waits longest after this",
        Scope.LIST,
        "Next",
    ),
    Command(
        "previous_waiting",
        ("N",),
        "Previous waiting",
        "Who has waited longer",
        Scope.LIST,
    ),
    Command("filter", ("slash",), "Filter", "Names and numbers with a word", Scope.LIST),
    Command("order", ("o",), "Change the order", "Longest waiting or newest first", Scope.LIST),
    Command(
        "show_open",
        ("g o",),
        "Show open",
        "All that is open",
        Scope.LIST,
    ),
    Command("show_mine", ("g i",), "Show mine", "Open and assigned to me", Scope.LIST),
    Command("show_unassigned", ("g u",), "Show unassigned", "Open and nobody's", Scope.LIST),
    Command("show_all", ("g a",), "Show all", "Open, snoozed and closed", Scope.LIST),
    Command("show_closed", ("g e",), "Show closed", "What is done", Scope.LIST),
    Command("show_drafts", ("g d",), "Show drafts", "Where you have begun to write", Scope.LIST),
    Command("show_failed", ("g f",), "Show failed", "Where a message is in trouble", Scope.LIST),
    Command("show_snoozed", ("g s",), "Show snoozed", "Until a time or a reply", Scope.LIST),
    Command("show_mentions", ("g m",), "Show mentions", "Notes that name you", Scope.LIST),
    Command("show_starred", ("g asterisk",), "Show starred", "What you marked", Scope.LIST),
    Command("show_label", ("g l",), "Show a label", "Open ones that wear it", Scope.LIST),
    Command("views", ("v",), "Views", "Show, save; g and a digit shows", Scope.LIST),
    Command("mark", ("x",), "Select", "Then any action is on all", Scope.LIST),
    Command("mark_range", ("X",), "Select up to here", "From the last selected one", Scope.LIST),
    Command("reply", ("r", "i"), "Reply", "Write an answer", Scope.THREAD, "Reply"),
    Command("close", ("e",), "Close", "Done, until they write again", Scope.THREAD, "Close"),
    Command("close_next", ("E",), "Close and next", "Then on to who waits longest", Scope.THREAD),
    Command("snooze", ("h",), "Snooze", "Until a time or a reply", Scope.THREAD, "Snooze"),
    Command("reopen", ("O",), "Open again", "Back among the open ones", Scope.THREAD),
    Command("assign", ("a",), "Assign", "To anybody, or to nobody", Scope.THREAD),
    Command("assign_me", ("A",), "Assign to me", "Mine, or nobody's again", Scope.THREAD),
    Command("label", ("l",), "Label", "Put one on or take it off", Scope.THREAD),
    Command("star", ("s",), "Star", "Mark or unmark", Scope.THREAD),
    Command("unread", ("u",), "Unread or read", "For later, or done with", Scope.THREAD),
    Command("next_message", ("J",), "Next message", "Select the message below", Scope.THREAD),
    Command("previous_message", ("K",), "Previous message", "Select the one above", Scope.THREAD),
    Command("page_up", ("pageup",), "Page up", "Earlier messages", Scope.THREAD),
    Command("page_down", ("pagedown",), "Page down", "Later messages", Scope.THREAD),
    Command(
        "timeline",
        ("full_stop",),
        "Timeline",
        "Every receipt, code and payload",
        Scope.THREAD,
    ),
    Command("retry", ("R",), "Retry", "A failed message, or all selected", Scope.THREAD),
    Command(
        "resolve",
        ("M",),
        "Settle",
        "Maybe sent, or a failure",
        Scope.THREAD,
    ),
    Command("ping", ("P",), "Is the phone on?", "Ask without a trace on it", Scope.THREAD),
    Command("retry_through", ("W",), "Retry another way", "Through another account", Scope.THREAD),
    Command(
        "consent",
        ("exclamation_mark",),
        "Opt-out",
        "Confirm one, record one, lift one",
        Scope.THREAD,
    ),
    Command(
        "not_opt_out",
        ("tilde",),
        "Not an opt-out",
        "Dismiss a suspicion",
        Scope.THREAD,
    ),
    Command("take_over", ("T",), "Take over", "Write where a colleague writes", Scope.THREAD),
    Command("note", ("p",), "Private note", "For colleagues; @name tells them", Scope.THREAD),
    Command("schedule", ("f5", "S"), "Send later", "Schedule what you have written", Scope.THREAD),
    Command("call_off", ("D",), "Cancel a scheduled", "Take it back before its time", Scope.THREAD),
    Command("copy_text", ("y",), "Copy the text", "To your clipboard", Scope.THREAD),
    Command("copy_number", ("Y",), "Copy the number", "To the clipboard", Scope.THREAD),
    Command("pipe", ("vertical_line",), "Pipe", "As text to a command: less, grep", Scope.THREAD),
    Command("files", ("f",), "Files", "Pictures that came; save them", Scope.THREAD),
    Command("contact", ("backslash",), "Contact", "Who it is, consent, counts", Scope.THREAD),
    Command("edit_contact", ("C",), "Edit the contact", "Name and note", Scope.THREAD),
    Command("history", ("H",), "History", "Who did what here", Scope.THREAD),
    Command("triage", ("t",), "Triage", "One by one, longest wait first", Scope.TRIAGE, "Triage"),
    Command("skip", ("space",), "Leave for later", "Go on; it still waits", Scope.TRIAGE, "Later"),
    *(
        Command(
            f"canned_{number}",
            (str(number),),
            f"Canned reply {number}",
            "Into the composer, to be sent",
            Scope.TRIAGE,
        )
        for number in range(1, 10)
    ),
    Command("send", ("enter",), "Send", "Hand the message over", Scope.WRITE),
    Command(
        "new_line",
        ("alt+enter", "ctrl+j"),
        "New line",
        "Go on below",
        Scope.WRITE,
    ),
    Command("send_close", ("ctrl+e",), "Send and close", "Send, then close", Scope.WRITE),
    Command(
        "account", ("f6",), "Other account", "Through the next account", Scope.WRITE, "Account"
    ),
    Command(
        "sender", ("f7",), "Other sender", "The next own number or name", Scope.WRITE, "Sender"
    ),
    Command("canned", ("f2",), "Canned reply", "Begins a reply; :: while typing", Scope.WRITE),
    Command("to_gsm", ("f8",), "Plain signs", "Replace what forces Unicode", Scope.WRITE),
    Command("pictures", ("f9",), "Pictures", "Addresses and a subject: MMS", Scope.WRITE),
    Command("editor", ("ctrl+o",), "Your editor", "Write the draft in $EDITOR", Scope.WRITE),
    Command("new", ("c",), "New conversation", "Write to a number", Scope.DESK, "New"),
    Command("search", ("g slash",), "Search everything", "Words in all messages", Scope.DESK),
    Command("templates", ("g t",), "Canned replies", "Add, change, import; own fields", Scope.DESK),
    Command("undo", ("z",), "Undo", "Take the last action back", Scope.DESK),
    Command("accounts", ("f3",), "Accounts", "Health, balance and delay", Scope.DESK),
    Command(
        "palette",
        ("colon", "ctrl+k"),
        "Every command",
        "Find one by its words",
        Scope.DESK,
        "Commands",
    ),
    Command("help", ("question_mark", "f1"), "Help", "All the keys", Scope.DESK, "Help"),
    Command("numbers", ("f4",), "Numbers", "Texts, answers, deliveries, plots", Scope.DESK),
    Command("import_contacts", ("g p",), "Import contacts", "From CSV or vCard", Scope.DESK),
    Command("add_account", ("g n",), "Add an account", "Provider and credentials", Scope.DESK),
    Command("look", ("g c",), "Other colours", "Dark, light, contrast, own 16", Scope.DESK),
    Command("quit", ("q", "ctrl+c"), "Quit", "Asks when something is unsent", Scope.DESK),
)

_SIGNS = {
    "slash": "/",
    "full_stop": ".",
    "colon": ":",
    "question_mark": "?",
    "asterisk": "*",
    "exclamation_mark": "!",
    "tilde": "~",
    "escape": "Esc",
    "space": "Space",
    "enter": "Enter",
    "down": "↓",
    "up": "↑",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "backslash": "\\",
    "vertical_line": "|",
}
PREFIX = "g"
"""The key that waits for a second one."""


def by_id(commands: Iterable[Command] = COMMANDS) -> dict[str, Command]:
    """Commands by their ids."""
    return {command.id: command for command in commands}


def first_keys(commands: Iterable[Command]) -> dict[str, str]:
    """The first key of each command as people read it; empty where it has none."""
    return {command.id: shown(command.keys[0]) if command.keys else "" for command in commands}


def remapped(keys: Mapping[str, tuple[str, ...]]) -> tuple[Command, ...]:
    """The registry with a user's own keys (command id -> keys, as Textual names them)."""
    return tuple(
        Command(c.id, keys.get(c.id, c.keys), c.words, c.hint, c.scope, c.bar) for c in COMMANDS
    )


def shown(key: str) -> str:
    """A key as people read it: "ctrl+e" as "Ctrl+E", "g slash" as "g /"."""
    return " ".join(_shown(part) for part in key.split(" "))


def _shown(key: str) -> str:
    """One key press as people read it."""
    *modifiers, last = key.split("+")
    sign = _SIGNS.get(last, last)
    if modifiers or (len(sign) > 1 and sign[0] == "f" and sign[1:].isdigit()):
        sign = sign.upper() if len(sign) <= 3 else sign
    return "+".join([*(part.capitalize() for part in modifiers), sign])


def after_prefix(commands: Iterable[Command], prefix: str = PREFIX) -> dict[str, Command]:
    """What can follow the prefix key: second key -> command."""
    return {
        key.split(" ")[1]: command
        for command in commands
        for key in command.keys
        if key.startswith(f"{prefix} ")
    }


def key_table(commands: Iterable[Command] = COMMANDS) -> str:
    """The table of keys in Markdown, as it stands in the README."""
    rows = ["| key | does | | settings name |", "| --- | --- | --- | --- |"]
    for command in commands:
        keys = " ".join(f"`{_in_markdown(shown(key))}`" for key in command.keys)
        rows.append(f"| {keys} | {command.words} | {command.hint} | `{command.id}` |")
    return "\n".join(rows)


def _in_markdown(keys: str) -> str:
    """A bar would end the cell of a table."""
    return keys.replace("|", "\\|")
