"""What is done with a whole conversation: closed, put away, given to somebody, labelled, noted."""

from collections.abc import Awaitable, Callable, Sequence

from tui.desk.dispatch import NotSentError
from tui.desk.thread_actions import ThreadActions
from tui.domain.conversation import Conversation
from tui.domain.text import one_line, printable
from tui.plain.desk import Desk
from tui.plain.listing import first
from tui.plain.planning import ask_snooze

Act = Callable[[ThreadActions, Sequence[Conversation]], Awaitable[str]]
_NOBODY = "nobody"
_NEW = "a new label"


def acting(act: Act) -> Callable[[Desk, str], Awaitable[None]]:
    """A command that does something with the open conversation and says so."""

    async def command(desk: Desk, typed: str) -> None:
        await _did(desk, await act(desk.actions, [await desk.refresh()]))

    return command


async def _did(desk: Desk, words: str) -> None:
    """Say what was done, and know how it is now."""
    desk.talk.say(f"{words}.")
    await desk.refresh()


async def close(desk: Desk, typed: str) -> None:
    """Done here; on to the list."""
    desk.talk.say(f"{await desk.actions.close([desk.here])}.")
    await first(desk)


async def snooze(desk: Desk, typed: str) -> None:
    """Put away until a moment, or until they write; on to the list."""
    wanted, until = await ask_snooze(desk, typed)
    if wanted:
        desk.talk.say(f"{await desk.actions.snooze([desk.here], until)}.")
        await first(desk)


async def assign(desk: Desk, typed: str) -> None:
    """Give it to somebody, by number or name."""
    me = desk.seat.agent
    others = [name for name in await desk.store.agents.names() if name and name != me]
    names = [me, *others, ""]
    shown = [one_line(name, 30) or _NOBODY for name in names]
    place = await desk.talk.choose("Assign to", shown, typed)
    if place is not None:
        await _did(desk, await desk.actions.assign([desk.here], names[place]))


async def label(desk: Desk, typed: str) -> None:
    """Put a label on or take it off; `typed` is its name."""
    row, name = await desk.refresh(), typed.removeprefix("#").strip()
    if not name:
        labels = [known for known, _ in await desk.store.conversations.labels()]
        worn = [" (worn: takes it off)" if known in row.labels else "" for known in labels]
        shown = [f"{one_line(known, 30)}{on}" for known, on in zip(labels, worn, strict=True)]
        place = await desk.talk.choose("Labels", [*shown, _NEW])
        if place is None:
            return
        new = place == len(labels)
        name = (await desk.talk.ask("Name of the label: ")).strip() if new else labels[place]
    if name:
        await _did(desk, await desk.actions.label([row], name))


async def note(desk: Desk, typed: str) -> None:
    """A private note for colleagues; @name tells them."""
    colleagues = tuple(await desk.store.agents.names())
    with desk.talk.quiet():
        text = typed or await _note_lines(desk, colleagues)
    if not text:
        desk.talk.say("Nothing was noted.")
        return
    try:
        words = await desk.dispatch.note(desk.here, printable(text), colleagues)
    except NotSentError as problem:
        desk.talk.say(f"{one_line(str(problem), 300)}.")
        return
    desk.sheet.noted(desk.here.id)
    desk.talk.say(f"{words}.")


async def _note_lines(desk: Desk, colleagues: Sequence[str]) -> str:
    """Several lines, kept as they are typed; empty when called off."""
    names = " ".join(f"@{one_line(name, 20)}" for name in colleagues if name != desk.seat.agent)
    desk.talk.say("A note for colleagues, never sent. A single . ends it, a single ! calls it off.")
    if names:
        desk.talk.say(f"These are told when you name them: {names}")
    begun = await desk.sheet.saved(desk.here.id, note=True)
    lines = begun.split("\n") if begun else []
    if begun:
        desk.talk.say(f"You have begun: {printable(begun)}")
    while (line := await desk.talk.ask("> ")) != ".":
        lines = [] if line == "!" else [*lines, line]
        desk.sheet.keep(desk.here.id, "\n".join(lines), note=True)
        if line == "!":
            break
    return "\n".join(lines).strip()


async def rename(desk: Desk, typed: str) -> None:
    """Give the customer a name; the note on the card stays."""
    row = await desk.refresh()
    name = typed or await desk.talk.ask("Name, empty leaves it: ")
    if not name.strip():
        return
    card = (await desk.store.facts.of(row)).note
    agent, triage, before = desk.seat.agent, desk.store.triage, row.name

    async def undo() -> str:
        await triage.rename(row.id, before, card, agent)
        return "The name is as it was"

    await triage.rename(row.id, name.strip(), card, agent)
    await _did(desk, desk.actions.undoable(f"Saved {one_line(name.strip(), 40)}", undo))
