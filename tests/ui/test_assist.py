"""Test the helper on the screen: a suggestion is marked, kept by Enter, and never sent by it."""

from pathlib import Path

from tests.ui.desk import NARROW, WIDE, Desk, presses
from tests.ui.history import ANA, CHLOE
from tui.desk.assist import CONSENT_CHOICE
from tui.domain.message import Direction

Size = tuple[int, int]


async def _count_sent(desk: Desk, number: str) -> int:
    """Return how many texts were queued for a customer."""
    return sum(m.direction is Direction.OUT for m in await desk.messages(number))


async def _agree(desk: Desk, *command: str) -> tuple[str, ...]:
    """Let the agent have agreed to a helper, and return it."""
    import shlex

    await desk.store.choices.save_choice("mia", CONSENT_CHOICE, shlex.join(command))
    return command


@presses("assist")
async def test_a_suggestion_is_kept_by_the_first_enter_and_sent_by_the_second(
    desk: Desk, size: Size
) -> None:
    command = ("sh", "-c", "cat >/dev/null; echo Hello from the helper")
    before = await _count_sent(desk, CHLOE)
    async with desk.open(size, assist=command):
        await desk.move_to(CHLOE)
        await desk.press("w")
        await desk.shows("Help to write", "The newest 50 texts")
        await desk.press("escape")
        await desk.press("f12", "enter")
        await desk.shows("Help of sh -c", "Suggest a reply", "Translate their last text")
        await desk.press("enter")
        await desk.shows("Suggestion of sh: Enter keeps it as your draft", "Hello from the helper")
        assert desk.typed == ""
        await desk.type("e")
        await desk.shows("Nothing types here")
        assert (await desk.thread(CHLOE)).state.value == "open"
        await desk.press("enter")
        await desk.shows("Kept, not sent: Enter sends it")
        assert desk.typed == "Hello from the helper"
        assert await _count_sent(desk, CHLOE) == before
        await desk.press("enter")
        await desk.until(lambda: _is_sent(desk, before + 1), "sent")
        await desk.press("escape", "w")
        await desk.shows("Help of sh -c")  # what leaves the machine is said once


async def _is_sent(desk: Desk, count: int) -> bool:
    """Return whether so many texts were queued for Chloe."""
    return await _count_sent(desk, CHLOE) == count


async def test_without_a_helper_the_key_says_how_to_switch_it_on(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("w")
        await desk.shows('No helper is set: assist = ["COMMAND"]')


async def test_the_own_draft_comes_back_by_esc_and_by_undo(desk: Desk) -> None:
    command = await _agree(desk, "sed", "-n", "s/^  //p;/^last/q")
    async with desk.open(WIDE, assist=command):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.type("Helo")
        await desk.press("f12")
        await desk.shows("Correct your draft")
        await desk.press("enter")
        await desk.shows("Suggestion of sed: Enter keeps it")
        await desk.press("escape")
        await desk.shows("Discarded: your own text is as it was")
        assert desk.typed == "Helo"
        assert desk.inbox.is_composer_focused
        await desk.press("f12", "enter")
        await desk.shows("Suggestion of sed: Enter keeps it")
        await desk.press("enter")
        await desk.shows("Ctrl+Z brings your own text back")
        await desk.press("ctrl+z")
        assert desk.typed == "Helo"


async def test_esc_stops_a_helper_and_so_does_another_conversation(
    desk: Desk, tmp_path: Path
) -> None:
    mark = tmp_path / "pid"
    command = await _agree(desk, "sh", "-c", f"echo $$ >> {mark}; echo Begun; sleep 300")
    async with desk.open(WIDE, assist=command):
        await desk.open_thread(CHLOE)
        for key in ("escape", "n"):
            await desk.press("w", "enter")
            await desk.shows("being written", "Begun")
            await desk.events.receive_texts(CHLOE, "Are you there?")
            await desk.shows("Are you there?", "Begun")
            await desk.press("enter")
            await desk.shows("still writing")
            if key == "escape":
                await desk.press(key)
            else:
                await desk.inbox.go_to_conversation(await desk.thread(ANA))
            await desk.hides("Begun")
            pid = int(mark.read_text().split()[-1])
            await desk.until(lambda pid=pid: not Path(f"/proc/{pid}").exists(), "killed")


async def test_a_helper_that_fails_changes_nothing(desk: Desk) -> None:
    command = await _agree(desk, "sh", "-c", "echo Half; echo no model >&2; exit 2")
    async with desk.open(NARROW, assist=command):
        await desk.open_thread(CHLOE)
        await desk.press("w", "enter")
        await desk.shows("sh ended with status 2: no model", "nothing was changed")
        assert desk.typed == ""


async def test_a_translation_becomes_a_note_for_colleagues(desk: Desk) -> None:
    command = await _agree(desk, "echo", "In English")
    async with desk.open(WIDE, assist=command):
        await desk.open_thread(CHLOE)
        await desk.press("w", "down", "enter")
        await desk.shows("Enter keeps it as a private note")
        await desk.press("enter")
        await desk.shows("Kept, not sent: Enter saves it for colleagues")
        assert desk.inbox.composer.note
        assert desk.typed == "In English"


async def test_a_colleague_who_writes_meanwhile_keeps_the_lock(mia: Desk, bo: Desk) -> None:
    command = await _agree(mia, "echo", "Hello")
    async with mia.open(WIDE, assist=command):
        await mia.open_thread(CHLOE)
        await mia.press("w", "enter")
        await mia.shows("Suggestion of echo: Enter keeps it")
        conversation = await bo.thread(CHLOE)
        locks = bo.store.compose_locks
        assert await locks.acquire_lock(conversation.id, "bo") == ""
        await mia.press("enter")
        await mia.shows("bo is writing here: T takes over", "Suggestion of echo")
        assert mia.typed == ""
        await mia.press("T")
        await mia.shows("Kept, not sent: Enter sends it")
        assert mia.typed == "Hello"
        assert await locks.get_holder(conversation.id) == "mia"
