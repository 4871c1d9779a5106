"""The robot: an agent in a hurry who presses random keys, weighted as at a real desk.

It writes words of characters that are commands elsewhere, so that one that goes astray does damage
that is found. It looks at the screen before it writes and before it
sends, and leaves everything else to chance: what others do meanwhile, how fast keys follow each
other, and which of them arrive in one packet.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.robot.oracle import Oracle
from tests.robot.window import Sight, Window
from tests.robot.world import World
from tests.waiting import wait_until

_ESCAPE, _ENTER, _SEND_AND_CLOSE, _SCHEDULE = b"\x1b", b"\r", b"\x05", b"\x1b[15~"
_NAVIGATION = (
    b"j", b"k", b"j", b"k", b"n", b"N", b"\x1b[A", b"\x1b[B", b"\x1b[5~", b"\x1b[6~", b"G", b"gg",
    b"gi", b"gu", b"ga", b"gd", b"gf", b"gs", b"gm", b"J", b"K", b"\r", b"\x1b", b"t", b" ", b"O",
)  # fmt: skip
_COMMANDS = (b"A", b"s", b"u", b"U", b"R", b"z", b"z", b"y", b"\\", b".", b"D")
_CLOSING = (b"e", b"E")
_DIALOGS = (
    b":", b"?", b"\x1bOR", b"\x1bOS", b"l", b"a", b"h", b"/", b"c", b"gt", b"gh", b"gc", b"gl",
    b"H", b"\x0b", b"g/", b"o", b"|",
)  # fmt: skip
_SIZES = ((80, 24), (120, 30), (160, 40))
_OPENING_SECONDS = 30.0
_TYPING_SECONDS = 6.0
_CALM_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two keys, and how often a key does not wait for the one before."""

    shortest: float = 0.02
    longest: float = 0.3
    joined: float = 0.3


class Robot:
    """One agent at one window."""

    def __init__(
        self, window: Window, world: World, oracle: Oracle, rng: random.Random, pace: Pace
    ) -> None:
        """Create a robot at a window that is open.

        Args:
            window: Inbox of the robot.
            world: Everything around it.
            oracle: Records what was seen and pressed.
            rng: Source of randomness.
            pace: How fast keys follow each other.
        """
        self._window = window
        self._world = world
        self._oracle = oracle
        self._rng = rng
        self._pace = pace
        self.steps = 0
        """Packets of keys that were sent: one key, or several that arrive together."""
        self.log: list[str] = []
        """What was done, for the report of a fault."""

    async def act(self) -> None:
        """Do one thing that an agent does."""
        actions: tuple[tuple[Callable[[], Awaitable[None]], int], ...] = (
            (self._navigate, 24),
            (self._write, 34),
            (self._command, 10),
            (self._close, 8),
            (self._look_around, 12),
            (self._burst, 6),
            (self._paste, 3),
            (self._resize, 2),
            (self._restart, 1),
        )
        names, weights = zip(*actions, strict=True)
        action = self._rng.choices(names, weights)[0]
        await action()
        self._check_alive()

    def _check_alive(self) -> None:
        """Record that the inbox has ended by itself, and open it again."""
        code = self._window.exit_code
        if code is not None:
            last = [line for line in self._window.look().lines if line.strip()][-3:]
            self._oracle.record_fault(f"the inbox ended with {code} after {self.log[-6:]}: {last}")
            self._window.process = None
            self._window.open()

    # Keys -----------------------------------------------------------------------------------

    async def _press(self, *keys: bytes, joined: bool | None = None) -> None:
        """Press keys one after the other, or in one packet.

        Args:
            *keys: Bytes of each key.
            joined: Whether they arrive in one packet; None leaves it to chance.
        """
        if joined is None:
            joined = self._rng.random() < self._pace.joined
        self.log.append(f"{b'|'.join(keys)!r}{' joined' if joined else ''}")
        for packet in (b"".join(keys),) if joined else keys:
            self._window.press(packet)
            self.steps += 1
            await self._wait()

    async def _wait(self) -> None:
        """Wait as long as a typist does between two keys."""
        await asyncio.sleep(self._rng.uniform(self._pace.shortest, self._pace.longest))

    async def _leave(self) -> None:
        """Leave whatever is open, one step after the other."""
        for _ in range(3):
            await self._press(_ESCAPE, joined=False)

    async def _look_calmly(self) -> Sight:
        """Return the screen once its conversation has not changed for a while."""
        shown, since = self._window.look().shown, 0.0
        while since < _CALM_SECONDS:
            await asyncio.sleep(0.1)
            fresh = self._window.look().shown
            since = since + 0.1 if fresh == shown else 0.0
            shown = fresh
        return self._window.look()

    # What an agent does ---------------------------------------------------------------------

    async def _navigate(self) -> None:
        """Go somewhere else."""
        await self._press(*self._rng.choices(_NAVIGATION, k=self._rng.randint(1, 4)))

    async def _command(self) -> None:
        """Do something with the conversation that is shown."""
        await self._press(self._rng.choice(_COMMANDS))

    async def _close(self) -> None:
        """Close the conversation that is shown."""
        key = self._rng.choice(_CLOSING)
        self._oracle.closing[self._window.look().shown] += 1
        await self._press(key)

    async def _look_around(self) -> None:
        """Open a dialog, type into it, sometimes accept, and leave it."""
        await self._press(self._rng.choice(_DIALOGS))
        characters = self._rng.choices((b"a", b"e", b"t", b"1", b"\x1b[B", b"\x7f", b" "), k=3)
        await self._press(*characters)
        if self._rng.random() < 0.2:
            # What a dialog accepts may close something, whatever is shown now.
            self._oracle.closing[""] += 1
            await self._press(_ENTER)
        await self._leave()

    async def _burst(self) -> None:
        """Press keys of all kinds at once."""
        keys = self._rng.choices((*_NAVIGATION, *_COMMANDS, *_DIALOGS), k=self._rng.randint(2, 5))
        await self._press(*keys, joined=True)
        await self._leave()

    async def _resize(self) -> None:
        """Change the size of the terminal."""
        self._window.resize(self._rng.choice(_SIZES))
        await self._wait()

    async def _restart(self) -> None:
        """End the inbox, or lose it, and type ahead into the next one."""
        await self._window.end(kill=self._rng.random() < 0.5)
        self.log.append("restart")
        self._window.open()
        for _ in range(self._rng.randint(0, 3)):
            await self._press(*self._rng.choices(_NAVIGATION, k=3))
        opened = await self._window.wait_for(
            lambda sight: "waiting" in sight.text, _OPENING_SECONDS
        )
        if opened is None:
            self._oracle.record_fault(f"no inbox after {_OPENING_SECONDS:.0f} s")

    async def _paste(self) -> None:
        """Paste three lines without marks into the composer; they must not be sent."""
        if not await self._begin(b"r"):
            return
        words = [self._oracle.make_word() for _ in range(3)]
        await self._press(*(word.encode() + _ENTER for word in words), joined=True)
        seen = await self._window.wait_for(
            lambda sight: all(word in sight.draft for word in words), _TYPING_SECONDS
        )
        if seen is None:
            self._oracle.record_fault(
                f"three pasted lines are not in the composer: {self.log[-4:]}"
            )
        else:
            for word in words:
                self._oracle.record_seen(word, seen, note=False)
        await self._leave()

    # Writing --------------------------------------------------------------------------------

    async def _begin(self, key: bytes) -> bool:
        """Begin a reply or a note in the conversation that is shown; return whether it began."""
        if not (await self._look_calmly()).shown:
            await self._press(_ENTER)
            return False
        await self._press(key, joined=False)
        found = await self._window.wait_for(lambda sight: sight.is_writing, 2.0)
        if found is None or not found.is_writing:
            await self._leave()
            return False
        return True

    async def _write(self) -> None:
        """Write a word to the customer who is shown, and send it, plan it, or leave it."""
        note = self._rng.random() < 0.15
        before = await self._look_calmly() if self._rng.random() < 0.5 else self._window.look()
        if not before.shown:
            await self._press(_ENTER)
            return
        word = self._oracle.make_word()
        characters = [bytes([character]) for character in word.encode()]
        await self._press(b"p" if note else b"r", b" ", *characters)
        seen = await self._window.wait_for(lambda sight: word in sight.draft, _TYPING_SECONDS)
        if seen is None or word not in seen.draft:
            await self._leave()
            return
        self._oracle.record_seen(word, seen, note=note)
        await self._finish(word, seen, note=note)

    async def _finish(self, word: str, seen: Sight, *, note: bool) -> None:
        """Do with a written word what agents do."""
        endings: tuple[tuple[Callable[[str, Sight], Awaitable[None]], int], ...] = (
            (self._send, 6),
            (self._send_and_take_back, 2),
            (self._send_and_close, 1),
            (self._keep_draft, 3),
            (self._plan, 0 if note else 2),
            (self._lose_window, 1),
        )
        names, weights = zip(*endings, strict=True)
        await self._rng.choices(names, weights)[0](word, seen)

    async def _send(self, word: str, seen: Sight) -> None:
        """Press Enter, and again if that asked something."""
        await self._press(_ENTER)
        await self._answer_question(word, _ENTER)
        await self._press(_ESCAPE)

    async def _answer_question(self, word: str, key: bytes) -> None:
        """Press the key again if the word is still there."""
        gone = await self._window.wait_for(lambda sight: word not in sight.draft, 1.0)
        if gone is None and self._rng.random() < 0.7:
            await self._press(key)

    async def _send_and_take_back(self, word: str, seen: Sight) -> None:
        """Press Enter, then Esc and z, in one packet or not."""
        await self._press(_ENTER)
        await self._press(_ESCAPE, b"z")
        await self._leave()

    async def _send_and_close(self, word: str, seen: Sight) -> None:
        """Send and close in one."""
        self._oracle.closing[seen.shown] += 1
        await self._press(_SEND_AND_CLOSE)
        await self._leave()

    async def _keep_draft(self, word: str, seen: Sight) -> None:
        """Leave the word unsent."""
        await self._leave()

    async def _plan(self, word: str, seen: Sight) -> None:
        """Plan the word for later, and insist if that asks something."""
        await self._press(_SCHEDULE)
        await self._press(*(bytes([character]) for character in b"tomorrow 9"))
        self._oracle.words[word].is_planned = True
        await self._press(_ENTER)
        await self._answer_question(word, _ENTER)
        await self._leave()

    async def _lose_window(self, word: str, seen: Sight) -> None:
        """Lose the inbox after a moment, in which the draft is saved."""
        await self._wait_until_saved(word)
        await self._restart()

    async def _wait_until_saved(self, word: str) -> None:
        """Wait until a word is stored as a draft, as long as the desk may take for it."""
        agent = self._world.environ["SMSDESK_AGENT"]

        async def find_word() -> bool:
            drafts = await self._world.store.drafts.list_drafts(agent)
            conversations = await self._world.store.drafts.list_conversations_with_drafts(agent)
            notes = [
                await self._world.store.drafts.get_note_draft(identity, agent)
                for identity in conversations
            ]
            return any(word in text for text in (*(draft.body for draft in drafts), *notes))

        try:
            await wait_until(find_word, 5.0)
        except AssertionError:
            self._oracle.record_fault(f"{word} was not saved within 5 s")
