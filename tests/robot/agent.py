"""The robot: an agent in a hurry who presses random keys, weighted as at a real desk.

It writes words of characters that are commands elsewhere, so that one that goes astray does damage
that is found. It looks at the screen before it writes and before it sends, and leaves everything
else to chance: what others do meanwhile, how fast keys follow each other, and which of them arrive
in one packet.
"""

import signal
from collections.abc import Awaitable, Callable

from tests.robot.typist import ENTER, ESCAPE, Typist
from tests.robot.world import World
from tests.robot.writing import Writer

_NAVIGATION = (
    b"j", b"k", b"j", b"k", b"n", b"N", b"\x1b[A", b"\x1b[B", b"\x1b[5~", b"\x1b[6~", b"G", b"gg",
    b"gi", b"gu", b"ga", b"gd", b"gf", b"gs", b"gm", b"J", b"K", b"\r", b"\x1b", b"t", b" ", b"O",
)  # fmt: skip
_COMMANDS = (b"A", b"s", b"u", b"U", b"R", b"z", b"z", b"y", b"\\", b".", b"D", b"x", b"x", b"X")
_CLOSING = (b"e", b"E")
_DIALOGS = (
    b":", b"?", b"\x1bOR", b"\x1bOS", b"l", b"a", b"h", b"/", b"c", b"gt", b"gh", b"gc", b"gl",
    b"H", b"\x0b", b"g/", b"o", b"|",
)  # fmt: skip
_SIZES = ((80, 24), (120, 30), (160, 40))
_OPENING_SECONDS = 30.0
_ENDS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Robot:
    """One agent at one window."""

    def __init__(self, typist: Typist, world: World) -> None:
        """Create a robot at a window that is open.

        Args:
            typist: Presses the keys and looks at the screen.
            world: Everything around it.
        """
        self.typist = typist
        self._world = world
        self._writer = Writer(typist, world, self._restart)

    async def act(self) -> None:
        """Do one thing that an agent does."""
        writer = self._writer
        actions: tuple[tuple[Callable[[], Awaitable[None]], int], ...] = (
            (self._navigate, 24),
            (writer.write, 30),
            (writer.begin_in_one_packet, 4),
            (writer.write_after_canned_reply, 4),
            (writer.paste, 3),
            (self._command, 10),
            (self._close, 8),
            (self._retry, 3),
            (self._answer_in_triage, 2),
            (self._look_around, 12),
            (self._burst, 6),
            (self._resize, 2),
            (self._pause, 1),
            (self._end, 1),
        )
        names, weights = zip(*actions, strict=True)
        await self.typist.rng.choices(names, weights)[0]()
        self._check_alive()

    def _check_alive(self) -> None:
        """Record that the inbox has ended by itself, and open it again."""
        window = self.typist.window
        code = window.exit_code
        if code is not None:
            last = [line for line in window.look().lines if line.strip()][-3:]
            text = f"the inbox ended with {code} after {self.typist.log[-6:]}: {last}"
            self.typist.oracle.record_fault(text)
            window.process = None
            window.open()

    async def _navigate(self) -> None:
        """Go somewhere else."""
        keys = self.typist.rng.choices(_NAVIGATION, k=self.typist.rng.randint(1, 4))
        await self.typist.press(*keys)

    async def _command(self) -> None:
        """Do something with the conversation that is shown."""
        await self.typist.press(self.typist.rng.choice(_COMMANDS))

    async def _close(self) -> None:
        """Close the conversation that is shown."""
        calm = self.typist.rng.random() < 0.7
        if calm:
            await self.typist.look_after_all_keys()
        await self.typist.press(self.typist.rng.choice(_CLOSING), calm=calm)

    async def _retry(self) -> None:
        """Send a failed text again, or resolve one that is maybe sent."""
        typist = self.typist
        if typist.rng.random() < 0.5:
            await typist.press(b"gf", b"j", ENTER, joined=True)
        await typist.look_after_all_keys()
        await typist.press(typist.rng.choice((b"R", b"R", b"M", b"W")), calm=True)
        sight = await typist.window.wait_for(
            lambda sight: "Maybe sent" in sight.text or "Send again" in sight.text, 1.0
        )
        if sight is not None:
            # What a dialog accepts may send several at once.
            typist.oracle.retries.record_key("")
            await typist.press(typist.rng.choice((b"m", b"r", ENTER, ESCAPE)), joined=False)
        await typist.leave()

    async def _answer_in_triage(self) -> None:
        """Put a canned reply into the composer by its digit, and leave it there."""
        await self.typist.leave()
        await self.typist.press(b"t", joined=False)
        await self.typist.look_calmly()
        await self.typist.press(b"1", joined=False)
        await self.typist.window.wait_for(lambda sight: sight.is_writing, 2.0)
        await self.typist.leave()

    async def _look_around(self) -> None:
        """Open a dialog, type into it, sometimes accept, and leave it."""
        typist = self.typist
        await typist.press(typist.rng.choice(_DIALOGS))
        characters = typist.rng.choices((b"a", b"e", b"t", b"2", b"\x1b[B", b"\x7f", b" "), k=3)
        await typist.press(*characters)
        if typist.rng.random() < 0.2:
            # What a dialog accepts may close something, whatever is shown now.
            typist.oracle.closings.record_key("")
            typist.oracle.retries.record_key("")
            await typist.press(ENTER)
        await typist.leave()

    async def _burst(self) -> None:
        """Press keys of all kinds at once."""
        rng = self.typist.rng
        keys = rng.choices((*_NAVIGATION, *_COMMANDS, *_DIALOGS), k=rng.randint(2, 5))
        await self.typist.press(*keys, joined=True)
        await self.typist.leave()

    async def _resize(self) -> None:
        """Change the size of the terminal."""
        self.typist.window.resize(self.typist.rng.choice(_SIZES))
        await self.typist.wait()

    async def _pause(self) -> None:
        """Press keys at a window that is stopped, as by a laptop that sleeps."""
        self.typist.note("stop")
        with self.typist.window.stopped():
            keys = self.typist.rng.choices(_NAVIGATION, k=3)
            await self.typist.press(*keys, joined=False)
            await self.typist.wait()
        await self.typist.look_calmly()

    async def _end(self) -> None:
        """End the inbox in one of the ways it can end."""
        await self._restart(self.typist.rng.choice(_ENDS))

    async def _restart(self, how: signal.Signals) -> None:
        """End the inbox, or lose it, and type ahead into the next one.

        Args:
            how: Signal that ends it.
        """
        typist = self.typist
        typist.note(f"restart by {how.name}")
        try:
            await typist.window.end(how)
        except AssertionError as error:
            typist.oracle.record_fault(f"{how.name}: {error} after {typist.log[-6:]}")
        typist.window.open()
        for _ in range(typist.rng.randint(0, 3)):
            keys = typist.rng.choices((*_NAVIGATION, *_COMMANDS, *_DIALOGS), k=3)
            await typist.press(*keys)
        opened = await typist.window.wait_for(
            lambda sight: "waiting" in sight.text, _OPENING_SECONDS
        )
        if opened is None:
            text = f"no inbox after {_OPENING_SECONDS:.0f} s: {typist.log[-8:]}"
            typist.oracle.record_fault(f"{text}\n{typist.window.look().text}")
        await typist.leave()
