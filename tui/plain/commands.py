"""List the commands of line mode: a key or a name, followed by the answer to its question."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tui.desk.actions import ConversationActions
from tui.plain import failed, lists, reading, triage, writing
from tui.plain.session import PlainSession


@dataclass(frozen=True, slots=True)
class PlainCommand:
    """One command of line mode."""

    key: str
    name: str
    description: str
    run: Callable[[PlainSession, str], Awaitable[None]]
    """Called with the session and the rest of the line."""
    needs_conversation: bool = True


async def show_help(session: PlainSession, typed: str) -> None:
    """List all commands.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    session.dialog.write_line(
        "Type a letter or its word and Enter; more words after it answer its question."
    )
    session.dialog.write_line("A number opens that one of the list, or chooses.")
    for command in COMMANDS:
        session.dialog.write_line(f"{command.key}, {command.name}: {command.description}.")
    session.dialog.write_line("q, quit: leaves; drafts are kept.")
    session.dialog.write_line(
        "What becomes of a message you sent, and who writes, is said as it happens."
    )


COMMANDS = (
    PlainCommand(
        "l", "list", "lists all that is open, longest waiting first", lists.list_open, False
    ),
    PlainCommand("m", "more", "lists more", lists.show_more, False),
    PlainCommand(
        "v", "views", "lists others: mine, failed, snoozed, closed", lists.choose_view, False
    ),
    PlainCommand("n", "next", "opens who waits longest after this", lists.open_next_waiting, False),
    PlainCommand("w", "who", "opens who wrote last", lists.open_latest, False),
    PlainCommand("/", "search", "finds words in all messages", lists.search_messages, False),
    PlainCommand("c", "compose", "writes to a number", lists.start_conversation, False),
    PlainCommand("r", "reply", "writes an answer", writing.write_reply),
    PlainCommand(
        "t", "template", "begins an answer with a canned reply", writing.write_canned_reply
    ),
    PlainCommand("f", "failed", "deals with a failed or maybe sent message", failed.handle_failed),
    PlainCommand("y", "resend", "sends all again that failed", failed.retry_all_failed, False),
    PlainCommand("d", "drop", "cancels a scheduled message", writing.cancel_scheduled),
    PlainCommand(
        "z", "undo", "takes the last action back, also an unsent text", writing.undo_action, False
    ),
    PlainCommand("e", "end", "closes it", triage.close_conversation),
    PlainCommand(
        "h", "hold", "snoozes it: 20m, tomorrow 9, until reply", triage.snooze_conversation
    ),
    PlainCommand("a", "assign", "gives it to somebody", triage.assign_conversation),
    PlainCommand("#", "label", "puts a label on or takes it off", triage.toggle_label),
    PlainCommand(
        "s", "star", "stars it or not", triage.make_command(ConversationActions.toggle_star)
    ),
    PlainCommand(
        "u",
        "unread",
        "marks it unread or read",
        triage.make_command(ConversationActions.toggle_unread),
    ),
    PlainCommand(
        "g",
        "reopen",
        "opens it again",
        triage.make_command(ConversationActions.reopen_conversations),
    ),
    PlainCommand("p", "note", "writes a private note", triage.write_note),
    PlainCommand("x", "files", "saves a file that came", reading.save_file),
    PlainCommand("k", "name", "gives the customer a name", triage.rename_customer),
    PlainCommand("!", "optout", "records or lifts an opt-out", triage.change_consent),
    PlainCommand("~", "stays", "says that it is no opt-out", triage.dismiss_suspicion),
    PlainCommand("o", "older", "reads older messages", reading.show_older),
    PlainCommand("j", "newer", "reads on", reading.show_newer),
    PlainCommand(".", "history", "tells all about the last message sent", reading.show_history),
    PlainCommand("i", "accounts", "tells how the accounts are", lists.list_accounts, False),
    PlainCommand("b", "back", "goes back to the list", lists.go_back, False),
    PlainCommand("?", "help", "says all this", show_help, False),
)
_SYMBOL_KEYS = "/#!~?."
LIST_HINT = "n next waiting · v other lists · / search · c new · q quits · ? says all"
OPEN_HINT = (
    "r reply · t canned · e close · h snooze · p note · n next waiting · b back · ? says all"
)


def parse_command(line: str) -> tuple[PlainCommand | None, str]:
    """Return the typed command, or None, and the rest of the line."""
    line = line.strip()
    # A symbol needs no blank after it: "#vip", "/refund".
    if line[:1] in _SYMBOL_KEYS and line:
        name, rest = line[0], line[1:]
    else:
        name, _, rest = line.partition(" ")
    wanted = name.lower()
    found = (c for c in COMMANDS if wanted in (c.key, c.name))
    return next(found, None), rest.strip()
