"""The command registry: every command once, with its keys, title and scope.

Key bindings, the palette, the `?` help, the key bar, line mode and the key table of the
documentation are all made from it. Users remap keys by the id of a command.

A new command is one entry here and one function in the module of `tui.handlers` that its scope
names; a command with `words` has a function in `tui.plain` as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from tui.command_types import Command, Scope
from tui.desk.key_names import format_key

_conversations = partial(Command, Scope.CONVERSATIONS)
_conversation = partial(Command, Scope.CONVERSATION)
_messages = partial(Command, Scope.MESSAGES)
_failed = partial(Command, Scope.FAILED)
_customer = partial(Command, Scope.CUSTOMER)
_triage = partial(Command, Scope.TRIAGE)
_compose = partial(Command, Scope.COMPOSE)
_general = partial(Command, Scope.GENERAL)

COMMANDS: tuple[Command, ...] = (
    _conversations("next", ("j", "down"), "Next conversation", "Move down the list"),
    _conversations("previous", ("k", "up"), "Previous conversation", "Move up the list"),
    _conversations("first", ("g g", "home"), "First conversation", "Go to the top"),
    _conversations("last", ("G", "end"), "Last conversation", "Go to the bottom"),
    _conversations("open", ("enter",), "Open", "Open it and mark it read"),
    _conversations("back", ("escape",), "Back", "Close this view, or go back", ("b", "back")),
    _conversations(
        "next_waiting",
        ("n",),
        "Next waiting",
        "The next longest wait",
        ("n", "next"),
        "Next",
    ),
    _conversations("previous_waiting", ("N",), "Previous waiting", "The previous longer wait"),
    _conversations("filter", ("slash",), "Filter", "Names, numbers, is:unread, …", ("filter",)),
    _conversations("order", ("o",), "Change the order", "Longest wait, newest, time left"),
    _conversations("show_open", ("g o",), "Show open", "All open conversations", ("l", "list")),
    _conversations("show_mine", ("g i",), "Show mine", "Open and assigned to me"),
    _conversations("show_unassigned", ("g u",), "Show unassigned", "Open and unassigned"),
    _conversations("show_all", ("g a",), "Show all", "Open, snoozed and closed"),
    _conversations("show_closed", ("g e",), "Show closed", "Closed conversations"),
    _conversations("show_drafts", ("g d",), "Show drafts", "Conversations with your draft"),
    _conversations(
        "show_failed",
        ("g f",),
        "Show failed",
        "A text failed or is maybe sent",
        ("f", "failed"),
    ),
    _conversations("show_overdue", ("g v",), "Show overdue", "Answers that are late", ("overdue",)),
    _conversations("show_snoozed", ("g s",), "Show snoozed", "Until a time or a reply"),
    _conversations("show_mentions", ("g m",), "Show mentions", "Notes that mention you"),
    _conversations("show_starred", ("g asterisk",), "Show starred", "Starred conversations"),
    _conversations("show_label", ("g l",), "Show a label", "Open conversations with it"),
    _conversations("bulk_texts", ("g x",), "Texts to many", "Progress, results", ("many",)),
    _conversations(
        "show_unread", ("g U",), "Show unread", "Conversations with new texts", ("unread",)
    ),
    _conversations(
        "show_account",
        ("g A",),
        "Show one account",
        "Of this one; again for the next",
        ("account",),
    ),
    _conversations("views", ("v",), "Views", "Show, edit; g 1 to g 9 show one"),
    _conversations(
        "save_view", ("V",), "Save the view", "A name for the list on screen", ("save",)
    ),
    _conversations("team", ("g w",), "Agents and teams", "Away until, leads, members", ("team",)),
    _conversations("mark", ("x",), "Select", "Act on several; r writes to all"),
    _conversations("mark_range", ("X",), "Select up to here", "From the last selected one"),
    _conversation("reply", ("r", "i"), "Reply", "Write an answer", ("r", "reply"), "Reply"),
    _conversation("close", ("e",), "Close", "Closed until they write again", ("e", "end"), "Close"),
    _conversation("close_next", ("E",), "Close and next", "Close, open the next that waits"),
    _conversation("snooze", ("h",), "Snooze", "Until a time or a reply", ("h", "hold"), "Snooze"),
    _conversation(
        "reopen", ("O",), "Open again", "Reopen a closed or snoozed one", ("g", "reopen")
    ),
    _conversation("assign", ("a",), "Assign", "To an agent, or unassign", ("a", "assign")),
    _conversation("assign_me", ("A",), "Assign to me", "Assign to me, or unassign"),
    _conversation("label", ("l",), "Label", "Add or remove labels", ("#", "label")),
    _conversation("star", ("s",), "Star", "Mark or unmark", ("s", "star")),
    _conversation("unread", ("u",), "Unread or read", "For later, or done with", ("u", "unread")),
    _conversation("take_over", ("T",), "Take over", "Take over from a colleague"),
    _conversation("note", ("p",), "Private note", "For colleagues; @name notifies", ("p", "note")),
    _conversation(
        "schedule", ("f5", "S"), "Send later", "Schedule what you have written", review_key="s"
    ),
    _conversation("macro", ("m",), "Macro", "A text and actions on one key", ("macro",)),
    _conversation(
        "assist", ("f12", "w"), "Help to write", "Your helper suggests a text", ("assist",)
    ),
    _conversation("history", ("H",), "History", "Who did what here"),
    _messages("next_message", ("J",), "Next message", "Select the message below"),
    _messages("previous_message", ("K",), "Previous message", "Select the message above"),
    _messages("page_up", ("pageup",), "Page up", "Earlier messages", ("o", "older")),
    _messages("page_down", ("pagedown",), "Page down", "Later messages", ("j", "newer")),
    _messages(
        "timeline", ("full_stop",), "Timeline", "Every receipt, code and payload", (".", "history")
    ),
    _messages("ping", ("P",), "Ping the phone", "Silently: nothing appears on it"),
    _messages(
        "cancel_scheduled",
        ("D",),
        "Cancel scheduled",
        "Cancel before it is sent",
        ("d", "drop"),
    ),
    _messages("copy_text", ("y",), "Copy the text", "To your clipboard"),
    _messages("pipe", ("vertical_line",), "Pipe", "As text to less, grep, …"),
    _messages("files", ("f",), "Files", "Received pictures; save them", ("x", "files")),
    _failed("retry", ("R",), "Retry", "A failed text, or all selected"),
    _failed("resolve", ("M",), "Resolve", "Say whether it was sent", ("f", "failed")),
    _failed("retry_through", ("W",), "Retry another way", "Through another account"),
    _customer(
        "consent",
        ("exclamation_mark",),
        "Opt-out",
        "Confirm, record or lift it",
        ("!", "optout"),
    ),
    _customer(
        "not_opt_out", ("tilde",), "Not an opt-out", "Dismiss a possible opt-out", ("~", "stays")
    ),
    _customer("copy_number", ("Y",), "Copy the number", "To the clipboard"),
    _customer("contact", ("backslash",), "Contact", "Details, consent, counts"),
    _customer("edit_contact", ("C",), "Edit the contact", "Name, note, numbers, fields"),
    _customer("merge", ("ampersand",), "Merge", "Two conversations of one person", ("&", "merge")),
    _customer("forget", (), "Forget this customer", "Erase all but the opt-out", ("forget",)),
    _customer("import_contacts", ("g p",), "Import contacts", "From CSV or vCard"),
    _triage("triage", ("t",), "Triage", "One by one, longest wait first", bar_label="Triage"),
    _triage("skip", ("space",), "Leave for later", "Skip it; it still waits", bar_label="Later"),
    *(
        _triage(f"canned_{n}", (str(n),), f"Canned reply {n}", "Into the text; a macro asks")
        for n in range(1, 10)
    ),
    _compose("send", ("enter",), "Send", "Send the message", review_key="y"),
    _compose("new_line", ("alt+enter", "ctrl+j"), "New line", "Start a new line"),
    _compose("send_close", ("ctrl+e",), "Send and close", "Send, then close", review_key="e"),
    _compose(
        "account",
        ("f6",),
        "Other account",
        "Through the next account",
        bar_label="Account",
        review_key="w",
    ),
    _compose("sender", ("f7",), "Other sender", "The next own number or name", bar_label="Sender"),
    _compose(
        "canned", ("f2",), "Canned reply", "Starts a reply; :: while typing", ("t", "template")
    ),
    _compose(
        "to_gsm",
        ("f8",),
        "Plain characters",
        "Replace Unicode characters",
        review_key="g",
    ),
    _compose("preview", ("ctrl+t",), "Preview", "As the provider may rewrite it", review_key="v"),
    _compose("pictures", ("f9",), "Pictures", "Addresses and a subject: MMS", review_key="p"),
    _compose("unsend", ("ctrl+g",), "Take back", "Newest text, while it is held"),
    _compose("editor", ("ctrl+o",), "Your editor", "Write the draft in $EDITOR"),
    _general("new", ("c",), "New conversation", "Write to a number", ("c", "compose"), "New"),
    _general("people", ("g b",), "People", "The address book: find, add", ("people",)),
    _general(
        "search",
        ("g slash",),
        "Search everything",
        "People, words in all messages",
        ("/", "search"),
    ),
    _general("rules", ("g r",), "Rules", "Label, assign, answer by itself", ("rules",)),
    _general("templates", ("g t",), "Canned replies", "And macros: add, order, import"),
    _general("undo", ("z",), "Undo", "Undo the last action", ("z", "undo")),
    _general("accounts", ("f3",), "Accounts", "Health, balance and delay", ("i", "accounts")),
    _general("held", ("g h",), "Held items", "What could not be taken in", ("held",)),
    _general(
        "palette",
        ("colon", "ctrl+k"),
        "Every command",
        "Find a command by name",
        bar_label="Commands",
    ),
    _general(
        "help", ("question_mark", "f1"), "Help", "All keys and commands", ("?", "help"), "Help"
    ),
    _general("numbers", ("f4",), "Statistics", "Answers, deliveries, plots", ("stats",)),
    _general("add_account", ("g n",), "Add an account", "Provider and credentials"),
    _general("look", ("g c",), "Other colours", "Dark, light, contrast, own 16"),
    _general("redraw", ("ctrl+l",), "Draw again", "After output of other programs"),
    _general("suspend", ("ctrl+z",), "Suspend", "To the shell; fg returns"),
    _general("quit", ("q", "ctrl+c"), "Quit", "Asks when something is unsent", ("q", "quit")),
)
"""Every command of the full screen; some of them work in line mode too."""

LINE_COMMANDS: tuple[Command, ...] = (
    *(command for command in COMMANDS if command.words),
    _conversations("more", (), "More", "The next page of the list", ("m", "more")),
    _conversations("lists", (), "Other lists", "Mine, snoozed, closed, saved", ("v", "views")),
    _conversations("latest", (), "Who wrote last", "Open their conversation", ("w", "who")),
    _conversations("retry_all", (), "Retry all", "Everything that failed", ("y", "resend")),
    _conversations("resolve_all", (), "Resolve all", "Every text that is maybe sent", ("maybe",)),
    _customer("fields", (), "Fields", "Own fields; name = value sets one", ("fields",)),
    _customer("rename", (), "Name", "Give the customer another name", ("k", "name")),
)
"""Every command of line mode; those without keys exist only there."""

SEARCH_WORDS: dict[str, str] = {
    "show_overdue": "late promise time for an answer",
    "bulk_texts": "bulk broadcast pause cancel",
    "views": "saved time for an answer within minutes business hours holidays private notify",
    "team": "absence absent holiday vacation level permissions colleagues",
    "history": "audit rule",
    "forget": "delete privacy retention keep",
    "import_contacts": "address book people file",
    "people": "contacts edit delete write to",
    "rules": "automatic auto-reply out of office hours dry run words notify hook",
    "templates": "templates snippets shared personal own fields export",
    "numbers": "texts first answer kept late promise median",
}
"""Further words by which the palette and the help find a command: what is inside its dialog."""

PREFIX_KEY = "g"
"""Key that starts a sequence of two keys."""


def index_by_id(commands: Iterable[Command] = COMMANDS) -> dict[str, Command]:
    """Return the commands by their ids."""
    return {command.id: command for command in commands}


def get_first_keys(commands: Iterable[Command]) -> dict[str, str]:
    """Return the first key of each command as people read it, by id; "" for none."""
    return {command.id: format_key(command.keys[0]) if command.keys else "" for command in commands}


def get_line_keys() -> dict[str, str]:
    """Return what to type for each command in line mode, by id."""
    reviewing = {c.id: c.review_key for c in COMMANDS if c.review_key}
    return {c.id: c.words[0] for c in LINE_COMMANDS} | reviewing


def remap_keys(keys: Mapping[str, tuple[str, ...]]) -> tuple[Command, ...]:
    """Return the registry with a user's own keys.

    Args:
        keys: Keys as Textual names them, by command id; other commands stay as they are.
    """
    return tuple(replace(c, keys=keys.get(c.id, c.keys)) for c in COMMANDS)


def get_prefixed_commands(commands: Iterable[Command]) -> dict[str, Command]:
    """Return the commands that can follow the prefix key, by their second key."""
    return {
        key.split(" ")[1]: command
        for command in commands
        for key in command.keys
        if key.startswith(f"{PREFIX_KEY} ")
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
