"""Everything that can be typed: a letter or a word, and after it the answer to its question."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tui.desk.thread_actions import ThreadActions
from tui.plain import (
    consent,
    files,
    finding,
    listing,
    reading,
    resending,
    sorting,
    trouble,
    writing,
)
from tui.plain.desk import Desk


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to type."""

    letter: str
    word: str
    does: str
    run: Callable[[Desk, str], Awaitable[None]]
    """Is given the rest of the line."""
    needs_open: bool = True


async def say_help(desk: Desk, typed: str) -> None:
    """Everything that can be typed."""
    desk.talk.say("Type a letter or its word and Enter; more words after it answer its question.")
    desk.talk.say("A number opens that one of the list, or chooses.")
    for command in COMMANDS:
        desk.talk.say(f"{command.letter}, {command.word}: {command.does}.")
    desk.talk.say("q, quit: leaves; drafts are kept.")
    desk.talk.say("What becomes of a message you sent, and who writes, is said as it happens.")


COMMANDS = (
    Command("l", "list", "lists all that is open, longest waiting first", listing.open_ones, False),
    Command("m", "more", "lists more", listing.more, False),
    Command("v", "views", "lists others: mine, failed, snoozed, closed", listing.views, False),
    Command("n", "next", "opens who waits longest after this", listing.next_waiting, False),
    Command("w", "who", "opens who wrote last", listing.newest_news, False),
    Command("/", "search", "finds words in all messages", finding.search, False),
    Command("c", "compose", "writes to a number", finding.new, False),
    Command("r", "reply", "writes an answer", writing.reply),
    Command("t", "template", "begins an answer with a canned reply", writing.canned),
    Command("f", "failed", "deals with a failed or maybe sent message", trouble.troubles),
    Command("y", "resend", "sends all again that failed", resending.send_all_again, False),
    Command("d", "drop", "cancels a scheduled message", writing.call_off),
    Command("z", "undo", "takes the last action back, also an unsent text", writing.undo, False),
    Command("e", "end", "closes it", sorting.close),
    Command("h", "hold", "snoozes it: 20m, tomorrow 9, until reply", sorting.snooze),
    Command("a", "assign", "gives it to somebody", sorting.assign),
    Command("#", "label", "puts a label on or takes it off", sorting.label),
    Command("s", "star", "stars it or not", sorting.acting(ThreadActions.star)),
    Command("u", "unread", "marks it unread or read", sorting.acting(ThreadActions.toggle_unread)),
    Command("g", "reopen", "opens it again", sorting.acting(ThreadActions.reopen)),
    Command("p", "note", "writes a private note", sorting.note),
    Command("x", "files", "saves a file that came", files.files),
    Command("k", "name", "gives the customer a name", sorting.rename),
    Command("!", "optout", "records or lifts an opt-out", consent.consent),
    Command("~", "stays", "says that it is no opt-out", consent.not_opt_out),
    Command("o", "older", "reads older messages", reading.older),
    Command("j", "newer", "reads on", reading.newer),
    Command(".", "history", "tells all about the last message sent", reading.history),
    Command("i", "accounts", "tells how the accounts are", finding.accounts, False),
    Command("b", "back", "goes back to the list", listing.back, False),
    Command("?", "help", "says all this", say_help, False),
)
_SIGNS = "/#!~?."
LIST_HINT = "n next waiting · v other lists · / search · c new · q quits · ? says all"
OPEN_HINT = (
    "r reply · t canned · e close · h snooze · p note · n next waiting · b back · ? says all"
)


def parse(line: str) -> tuple[Command | None, str]:
    """The command that was typed and the rest of the line; None for no command."""
    line = line.strip()
    if line[:1] in _SIGNS and line:
        word, rest = line[0], line[1:]
    else:
        word, _, rest = line.partition(" ")
    wanted = word.lower()
    found = (c for c in COMMANDS if wanted in (c.letter, c.word))
    return next(found, None), rest.strip()
