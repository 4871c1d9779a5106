"""The command registry: every command once, with its keys, title and scope.

Key bindings, the palette, the `?` help, the key bar and the key table of the documentation are
all made from it. Users remap keys by the id of a command.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where a command applies; the value is also the heading of its part of the help."""

    CONVERSATIONS = "Conversations"
    CONVERSATION = "Conversation"
    TRIAGE = "Triage mode"
    COMPOSE = "Writing"
    GENERAL = "Desk"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that an agent can do with a key."""

    id: str
    """Name of the command in the settings' `[keys]` and of its action method (`action_<id>`)."""
    keys: tuple[str, ...]
    """Keys as Textual names them; "g g" means one key after another."""
    title: str
    """Name of the command in the palette and in the help."""
    description: str
    """One sentence for the help and the tooltip."""
    scope: Scope
    bar_label: str = ""
    """Label in the key bar; empty if the command is not shown there."""


COMMANDS: tuple[Command, ...] = (
    Command("next", ("j", "down"), "Next conversation", "Move down the list", Scope.CONVERSATIONS),
    Command(
        "previous", ("k", "up"), "Previous conversation", "Move up the list", Scope.CONVERSATIONS
    ),
    Command("first", ("g g", "home"), "First conversation", "Go to the top", Scope.CONVERSATIONS),
    Command("last", ("G", "end"), "Last conversation", "Go to the bottom", Scope.CONVERSATIONS),
    Command("open", ("enter",), "Open", "Open it and mark it read", Scope.CONVERSATIONS),
    Command("back", ("escape",), "Back", "Leave what is open", Scope.CONVERSATIONS),
    Command(
        "next_waiting",
        ("n",),
        "Next waiting",
        "Who waits longest after this",
        Scope.CONVERSATIONS,
        "Next",
    ),
    Command(
        "previous_waiting",
        ("N",),
        "Previous waiting",
        "Who has waited longer",
        Scope.CONVERSATIONS,
    ),
    Command("filter", ("slash",), "Filter", "Names and numbers with a word", Scope.CONVERSATIONS),
    Command(
        "order", ("o",), "Change the order", "Longest waiting or newest first", Scope.CONVERSATIONS
    ),
    Command(
        "show_open",
        ("g o",),
        "Show open",
        "All that is open",
        Scope.CONVERSATIONS,
    ),
    Command("show_mine", ("g i",), "Show mine", "Open and assigned to me", Scope.CONVERSATIONS),
    Command(
        "show_unassigned", ("g u",), "Show unassigned", "Open and nobody's", Scope.CONVERSATIONS
    ),
    Command("show_all", ("g a",), "Show all", "Open, snoozed and closed", Scope.CONVERSATIONS),
    Command("show_closed", ("g e",), "Show closed", "What is done", Scope.CONVERSATIONS),
    Command(
        "show_drafts", ("g d",), "Show drafts", "Where you have begun to write", Scope.CONVERSATIONS
    ),
    Command(
        "show_failed", ("g f",), "Show failed", "Where a message is in trouble", Scope.CONVERSATIONS
    ),
    Command(
        "show_snoozed", ("g s",), "Show snoozed", "Until a time or a reply", Scope.CONVERSATIONS
    ),
    Command("show_mentions", ("g m",), "Show mentions", "Notes that name you", Scope.CONVERSATIONS),
    Command(
        "show_starred", ("g asterisk",), "Show starred", "What you marked", Scope.CONVERSATIONS
    ),
    Command("show_label", ("g l",), "Show a label", "Open ones that wear it", Scope.CONVERSATIONS),
    Command("views", ("v",), "Views", "Show, save; g and a digit shows", Scope.CONVERSATIONS),
    Command("mark", ("x",), "Select", "Then any action is on all", Scope.CONVERSATIONS),
    Command(
        "mark_range", ("X",), "Select up to here", "From the last selected one", Scope.CONVERSATIONS
    ),
    Command("reply", ("r", "i"), "Reply", "Write an answer", Scope.CONVERSATION, "Reply"),
    Command("close", ("e",), "Close", "Done, until they write again", Scope.CONVERSATION, "Close"),
    Command(
        "close_next", ("E",), "Close and next", "Then on to who waits longest", Scope.CONVERSATION
    ),
    Command("snooze", ("h",), "Snooze", "Until a time or a reply", Scope.CONVERSATION, "Snooze"),
    Command("reopen", ("O",), "Open again", "Back among the open ones", Scope.CONVERSATION),
    Command("assign", ("a",), "Assign", "To anybody, or to nobody", Scope.CONVERSATION),
    Command("assign_me", ("A",), "Assign to me", "Mine, or nobody's again", Scope.CONVERSATION),
    Command("label", ("l",), "Label", "Put one on or take it off", Scope.CONVERSATION),
    Command("star", ("s",), "Star", "Mark or unmark", Scope.CONVERSATION),
    Command("unread", ("u",), "Unread or read", "For later, or done with", Scope.CONVERSATION),
    Command("next_message", ("J",), "Next message", "Select the message below", Scope.CONVERSATION),
    Command(
        "previous_message", ("K",), "Previous message", "Select the one above", Scope.CONVERSATION
    ),
    Command("page_up", ("pageup",), "Page up", "Earlier messages", Scope.CONVERSATION),
    Command("page_down", ("pagedown",), "Page down", "Later messages", Scope.CONVERSATION),
    Command(
        "timeline",
        ("full_stop",),
        "Timeline",
        "Every receipt, code and payload",
        Scope.CONVERSATION,
    ),
    Command("retry", ("R",), "Retry", "A failed message, or all selected", Scope.CONVERSATION),
    Command(
        "resolve",
        ("M",),
        "Settle",
        "Maybe sent, or a failure",
        Scope.CONVERSATION,
    ),
    Command("ping", ("P",), "Is the phone on?", "Ask without a trace on it", Scope.CONVERSATION),
    Command(
        "retry_through", ("W",), "Retry another way", "Through another account", Scope.CONVERSATION
    ),
    Command(
        "consent",
        ("exclamation_mark",),
        "Opt-out",
        "Confirm one, record one, lift one",
        Scope.CONVERSATION,
    ),
    Command(
        "not_opt_out",
        ("tilde",),
        "Not an opt-out",
        "Dismiss a suspicion",
        Scope.CONVERSATION,
    ),
    Command("take_over", ("T",), "Take over", "Write where a colleague writes", Scope.CONVERSATION),
    Command("note", ("p",), "Private note", "For colleagues; @name tells them", Scope.CONVERSATION),
    Command(
        "schedule", ("f5", "S"), "Send later", "Schedule what you have written", Scope.CONVERSATION
    ),
    Command(
        "call_off", ("D",), "Cancel a scheduled", "Take it back before its time", Scope.CONVERSATION
    ),
    Command("copy_text", ("y",), "Copy the text", "To your clipboard", Scope.CONVERSATION),
    Command("copy_number", ("Y",), "Copy the number", "To the clipboard", Scope.CONVERSATION),
    Command(
        "pipe", ("vertical_line",), "Pipe", "As text to a command: less, grep", Scope.CONVERSATION
    ),
    Command("files", ("f",), "Files", "Pictures that came; save them", Scope.CONVERSATION),
    Command("contact", ("backslash",), "Contact", "Who it is, consent, counts", Scope.CONVERSATION),
    Command("edit_contact", ("C",), "Edit the contact", "Name and note", Scope.CONVERSATION),
    Command("history", ("H",), "History", "Who did what here", Scope.CONVERSATION),
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
    Command("send", ("enter",), "Send", "Hand the message over", Scope.COMPOSE),
    Command(
        "new_line",
        ("alt+enter", "ctrl+j"),
        "New line",
        "Go on below",
        Scope.COMPOSE,
    ),
    Command("send_close", ("ctrl+e",), "Send and close", "Send, then close", Scope.COMPOSE),
    Command(
        "account", ("f6",), "Other account", "Through the next account", Scope.COMPOSE, "Account"
    ),
    Command(
        "sender", ("f7",), "Other sender", "The next own number or name", Scope.COMPOSE, "Sender"
    ),
    Command("canned", ("f2",), "Canned reply", "Begins a reply; :: while typing", Scope.COMPOSE),
    Command("to_gsm", ("f8",), "Plain signs", "Replace what forces Unicode", Scope.COMPOSE),
    Command("pictures", ("f9",), "Pictures", "Addresses and a subject: MMS", Scope.COMPOSE),
    Command("editor", ("ctrl+o",), "Your editor", "Write the draft in $EDITOR", Scope.COMPOSE),
    Command("new", ("c",), "New conversation", "Write to a number", Scope.GENERAL, "New"),
    Command("search", ("g slash",), "Search everything", "Words in all messages", Scope.GENERAL),
    Command(
        "templates", ("g t",), "Canned replies", "Add, change, import; own fields", Scope.GENERAL
    ),
    Command("undo", ("z",), "Undo", "Take the last action back", Scope.GENERAL),
    Command("accounts", ("f3",), "Accounts", "Health, balance and delay", Scope.GENERAL),
    Command(
        "palette",
        ("colon", "ctrl+k"),
        "Every command",
        "Find one by its words",
        Scope.GENERAL,
        "Commands",
    ),
    Command("help", ("question_mark", "f1"), "Help", "All the keys", Scope.GENERAL, "Help"),
    Command("numbers", ("f4",), "Numbers", "Texts, answers, deliveries, plots", Scope.GENERAL),
    Command("import_contacts", ("g p",), "Import contacts", "From CSV or vCard", Scope.GENERAL),
    Command("add_account", ("g n",), "Add an account", "Provider and credentials", Scope.GENERAL),
    Command("look", ("g c",), "Other colours", "Dark, light, contrast, own 16", Scope.GENERAL),
    Command("quit", ("q", "ctrl+c"), "Quit", "Asks when something is unsent", Scope.GENERAL),
)

_KEY_LABELS = {
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
PREFIX_KEY = "g"
"""Key that starts a sequence of two keys."""


def index_by_id(commands: Iterable[Command] = COMMANDS) -> dict[str, Command]:
    """Return the commands by their ids."""
    return {command.id: command for command in commands}


def get_first_keys(commands: Iterable[Command]) -> dict[str, str]:
    """Return the first key of each command as people read it, by id; "" for none."""
    return {command.id: format_key(command.keys[0]) if command.keys else "" for command in commands}


def remap_keys(keys: Mapping[str, tuple[str, ...]]) -> tuple[Command, ...]:
    """Return the registry with a user's own keys.

    Args:
        keys: Keys as Textual names them, by command id; other commands stay as they are.
    """
    return tuple(
        Command(c.id, keys.get(c.id, c.keys), c.title, c.description, c.scope, c.bar_label)
        for c in COMMANDS
    )


def format_key(key: str) -> str:
    """Return a key as people read it: "ctrl+e" as "Ctrl+E", "g slash" as "g /".

    Args:
        key: Key as Textual names it; a sequence is separated by blanks.
    """
    return " ".join(_format_key_press(part) for part in key.split(" "))


def _format_key_press(key: str) -> str:
    """Return one key press as people read it."""
    *modifiers, last = key.split("+")
    label = _KEY_LABELS.get(last, last)
    if modifiers or (len(label) > 1 and label[0] == "f" and label[1:].isdigit()):
        # "f5" becomes "F5" and "ctrl+e" "Ctrl+E"; longer names ("Space") are labels already.
        label = label.upper() if len(label) <= 3 else label
    return "+".join([*(part.capitalize() for part in modifiers), label])


def get_prefixed_commands(
    commands: Iterable[Command], prefix: str = PREFIX_KEY
) -> dict[str, Command]:
    """Return the commands that can follow the prefix key, by their second key.

    Args:
        commands: The registry with the user's keys.
        prefix: Key that starts the sequence.
    """
    return {
        key.split(" ")[1]: command
        for command in commands
        for key in command.keys
        if key.startswith(f"{prefix} ")
    }


def format_key_table(commands: Iterable[Command] = COMMANDS) -> str:
    """Return the table of all keys in Markdown, as the documentation shows it."""
    rows = ["| key | does | | settings name |", "| --- | --- | --- | --- |"]
    for command in commands:
        keys = " ".join(f"`{_escape_markdown(format_key(key))}`" for key in command.keys)
        rows.append(f"| {keys} | {command.title} | {command.description} | `{command.id}` |")
    return "\n".join(rows)


def _escape_markdown(keys: str) -> str:
    """Escape the vertical bar, which would end the cell of a table."""
    return keys.replace("|", "\\|")
