"""What the robot writes: replies and notes, and what it does with them."""

import contextlib
import signal
from collections.abc import Awaitable, Callable

from tests.robot.oracle import Oracle
from tests.robot.typist import ENTER, ESCAPE, SEND_AND_CLOSE, Typist
from tests.robot.window import Sight
from tests.robot.world import CANNED_REPLY, World
from tests.waiting import wait_until
from tui.clock import MINUTE

_SCHEDULE, _CANNED, _TAKE_BACK, _CLEAR = b"\x1b[15~", b"\x1bOQ", b"\x07", b"\x15"
_TYPING_SECONDS = 6.0
_SCHEDULE_TITLE, _CANNED_TITLE = "Send later", "Canned replies"
_PLANS = (("tomorrow 9", 0), ("2m", 1 * MINUTE))
"""What is typed as a time, and the milliseconds until which the text surely is not sent."""

Restart = Callable[[signal.Signals], Awaitable[None]]


class Writer:
    """Write words of keys that are commands elsewhere."""

    def __init__(self, typist: Typist, world: World, restart: Restart) -> None:
        """Create a writer.

        Args:
            typist: Presses the keys.
            world: Everything around the window.
            restart: Ends the inbox by a signal and opens it again.
        """
        self._typist = typist
        self._world = world
        self._restart = restart

    @property
    def _oracle(self) -> Oracle:
        """Return the oracle that judges the words."""
        return self._typist.oracle

    # Begin ----------------------------------------------------------------------------------

    async def _begin(self, key: bytes) -> bool:
        """Begin a reply or a note in the conversation that is shown; return whether it began."""
        if not (await self._typist.look_calmly()).shown:
            await self._typist.press(ENTER)
            return False
        await self._typist.press(key, joined=False)
        found = await self._typist.window.wait_for(lambda sight: sight.is_writing, 2.0)
        if found is None or not found.is_writing:
            await self._typist.leave()
            return False
        return True

    async def write(self) -> None:
        """Write a word to the customer who is shown, and send it, plan it, or leave it."""
        typist = self._typist
        note = typist.rng.random() < 0.15
        before = typist.window.look()
        if typist.rng.random() < 0.5 or not before.shown:
            before = await typist.look_calmly()
        if not before.shown:
            await typist.press(b"g", b"a", joined=True)
            await typist.press(b"j", ENTER, joined=True)
            before = await typist.look_calmly()
        if not before.shown:
            return
        word = self._oracle.make_word(before.shown)
        await typist.press(b"p" if note else b"r", joined=typist.rng.random() < 0.5)
        await typist.type_text(f" {word}")
        await self._finish_seen(word, note=note)

    async def begin_in_one_packet(self) -> None:
        """Begin a reply and write its first characters in one packet."""
        shown = (await self._typist.look_calmly()).shown
        if not shown:
            return
        word = self._oracle.make_word(shown)
        keys = [bytes([character]) for character in f" {word}".encode()]
        await self._typist.press(b"r", *keys[:3], joined=True, typed=True)
        await self._typist.press(*keys[3:], typed=True)
        await self._finish_seen(word, note=False)

    async def write_after_canned_reply(self) -> None:
        """Begin with a canned reply."""
        typist = self._typist
        shown = (await typist.look_calmly()).shown
        if not shown:
            return
        await typist.press(_CANNED)
        found = await typist.window.wait_for(lambda sight: _CANNED_TITLE in sight.text, 2.0)
        if found is None or _CANNED_TITLE not in found.text:
            await typist.leave()
            return
        await typist.press(ENTER)
        found = await typist.window.wait_for(lambda sight: CANNED_REPLY in sight.draft, 2.0)
        if found is None or CANNED_REPLY not in found.draft:
            await typist.leave()
            return
        word = self._oracle.make_word(found.shown)
        await typist.type_text(f" {word}")
        await self._finish_seen(word, note=False)

    async def paste(self) -> None:
        """Paste three lines without marks into the composer; they must not be sent."""
        if not await self._begin(b"r"):
            return
        typist = self._typist
        shown = typist.window.look().shown
        words = [self._oracle.make_word(shown) for _ in range(3)]
        await typist.press(*(word.encode() + ENTER for word in words), joined=True, typed=True)
        seen = await typist.window.wait_for(
            lambda sight: all(word in sight.draft for word in words), _TYPING_SECONDS
        )
        if seen is None:
            sight = typist.window.look()
            if sight.is_writing and words[-1] not in sight.draft:
                self._oracle.record_fault(
                    f"pasted lines are not in the composer: {typist.log[-4:]}, {sight.draft!r}"
                )
        else:
            for word in words:
                self._oracle.record_seen(word, seen, note=False)
        await typist.leave()

    # End ------------------------------------------------------------------------------------

    async def _finish_seen(self, word: str, *, note: bool) -> None:
        """Do with a word that is in the composer what agents do; leave what does not show it."""
        typist = self._typist
        seen = await typist.window.wait_for(lambda sight: word in sight.draft, _TYPING_SECONDS)
        if seen is None or word not in seen.draft:
            typist.note(f"{word} is not seen:\n{typist.window.look().text}")
            await typist.leave()
            return
        self._oracle.record_seen(word, seen, note=note)
        endings: tuple[tuple[Callable[[str, Sight], Awaitable[None]], int], ...] = (
            (self._send, 6),
            (self._send_and_take_back, 3),
            (self._send_and_close, 1),
            (self._keep_draft, 2),
            (self._plan, 0 if note else 3),
            (self._lose_window, 1),
        )
        names, weights = zip(*endings, strict=True)
        await typist.rng.choices(names, weights)[0](word, seen)

    async def _send(self, word: str, seen: Sight) -> None:
        """Press Enter, and again if that asked something."""
        if self._typist.rng.random() < 0.15:
            self._world.break_connection()
        await self._typist.press(ENTER)
        await self._answer_question(word, ENTER)
        await self._typist.press(ESCAPE)

    async def _answer_question(self, word: str, key: bytes) -> None:
        """Press the key again if the word is still there; plan anew what was planned for then."""
        typist = self._typist
        gone = await typist.window.wait_for(lambda sight: word not in sight.draft, 1.0)
        if gone is not None:
            return
        if "planned time has passed" in typist.window.look().text:
            await self._choose_time(word)
        elif typist.rng.random() < 0.7:
            await typist.press(key)

    async def _send_and_take_back(self, word: str, seen: Sight) -> None:
        """Send, then take it back with Ctrl+G or with Esc and z, in one packet or not."""
        typist = self._typist
        await typist.press(ENTER)
        if typist.rng.random() < 0.3:
            await typist.press(ESCAPE, b"z")
            await typist.leave()
            return
        await self._answer_question(word, ENTER)
        await typist.press(_TAKE_BACK)
        back = await typist.window.wait_for(lambda sight: word in sight.draft, 1.0)
        if back is not None and word in back.draft and typist.rng.random() < 0.3:
            await typist.press(ENTER)
        await typist.leave()

    async def _send_and_close(self, word: str, seen: Sight) -> None:
        """Send and close in one."""
        await self._typist.press(SEND_AND_CLOSE, calm=True)
        await self._answer_question(word, SEND_AND_CLOSE)
        await self._typist.leave()

    async def _keep_draft(self, word: str, seen: Sight) -> None:
        """Leave the word unsent."""
        await self._typist.leave()

    async def _plan(self, word: str, seen: Sight) -> None:
        """Plan the word for later, and insist if that asks something."""
        await self._choose_time(word)
        await self._answer_question(word, ENTER)
        await self._typist.leave()

    async def _choose_time(self, word: str) -> None:
        """Choose a time for the text in the composer."""
        typist = self._typist
        await typist.press(_SCHEDULE)
        found = await typist.window.wait_for(lambda sight: _SCHEDULE_TITLE in sight.text, 3.0)
        if found is None or _SCHEDULE_TITLE not in found.text:
            return
        text, delay = typist.rng.choice(_PLANS)
        await typist.press(_CLEAR, typed=True)
        await typist.type_text(text)
        if await typist.window.wait_for(lambda sight: text in sight.text, 3.0) is None:
            await typist.leave()
            return
        self._oracle.record_plan(word, self._world.clock.now() + delay)
        await typist.press(ENTER)

    async def _lose_window(self, word: str, seen: Sight) -> None:
        """Lose the inbox: by a signal at once, or by a kill once the draft is saved."""
        how = self._typist.rng.choice(
            (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
        )
        if how is signal.SIGKILL:
            await self._wait_until_saved(word)
        await self._restart(how)

    async def _wait_until_saved(self, word: str) -> None:
        """Wait until a word is stored as a draft, as long as the desk may take for it."""
        agent, drafts = self._world.environ["SMSDESK_AGENT"], self._world.store.drafts

        async def find_word() -> bool:
            conversations = await drafts.list_conversations_with_drafts(agent)
            notes = [await drafts.get_note_draft(identity, agent) for identity in conversations]
            bodies = [draft.body for draft in await drafts.list_drafts(agent)]
            return any(word in text for text in (*bodies, *notes))

        with contextlib.suppress(AssertionError):
            await wait_until(find_word, 5.0)
            return
        # The other window may have sent it: then it is in a message.
        self._oracle.saved_late.add(word)
