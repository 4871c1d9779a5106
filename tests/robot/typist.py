"""Press keys at one window as a typist does, and look at what the screen shows."""

import asyncio
import random
from dataclasses import dataclass, field

from tests.robot.oracle import Oracle
from tests.robot.window import Sight, Window
from tui.clock import SystemClock
from tui.domain.record_type import record

_REDRAW = b"\x0c"
_REDRAW_SECONDS = 10.0
ESCAPE, ENTER, SEND_AND_CLOSE = b"\x1b", b"\r", b"\x05"
_CLOSING = frozenset({b"e", b"E", SEND_AND_CLOSE})
_RETRYING = frozenset({b"R", b"M", b"W"})
_CALM_SECONDS = 0.5
_ESCAPE_SECONDS = 0.6
"""Pause between Esc and Enter: sent together they are Alt+Enter, which is a key of its own."""


@record
class Pace:
    """Seconds between two keys, and how often a key does not wait for the one before."""

    shortest: float = 0.02
    longest: float = 0.3
    joined: float = 0.3


@dataclass
class Typist:
    """The keyboard and the eyes of a robot."""

    window: Window
    oracle: Oracle
    rng: random.Random
    pace: Pace
    steps: int = 0
    """Packets of keys that were sent: one key, or several that arrive together."""
    log: list[str] = field(default_factory=list)
    """What was done, for the report of a fault."""
    _last_key: bytes = b""

    async def press(
        self, *keys: bytes, joined: bool | None = None, typed: bool = False, calm: bool = False
    ) -> None:
        """Press keys one after the other, or in one packet.

        Args:
            *keys: Bytes of each key.
            joined: Whether they arrive in one packet; None leaves it to chance.
            typed: Whether they are meant as text, and must not act as commands.
            calm: Whether the screen shows what all keys before them have led to.
        """
        if joined is None:
            joined = self.rng.random() < self.pace.joined
        if joined:
            pairs = zip((b"", *keys), keys, strict=False)
            keys = tuple(key for before, key in pairs if (before, key) != (ESCAPE, ENTER))
        for packet in [keys] if joined else [(key,) for key in keys]:
            if self._last_key == ESCAPE and packet[0] == ENTER:
                await asyncio.sleep(_ESCAPE_SECONDS)
            self._last_key = packet[-1]
            sight = self.window.look()
            self.note(f"{b'|'.join(packet)!r}{' typed' if typed else ''} with {sight.shown}")
            self.oracle.record_screen(sight)
            if calm:
                self.note(sight.text)
            if not typed:
                self._record_commands(packet, sight.shown if calm and len(packet) == 1 else "")
            self.window.press(b"".join(packet))
            self.steps += 1
            await self.wait()

    def note(self, text: str) -> None:
        """Add a line with the time to the log.

        Args:
            text: What was done.
        """
        self.log.append(f"{SystemClock().now()} {text}")

    def _record_commands(self, keys: tuple[bytes, ...], shown: str) -> None:
        """Record the keys that close a conversation or send a failed text again."""
        for key in keys:
            if key in _CLOSING:
                self.oracle.closings.record_key(shown)
            if key in _RETRYING:
                self.oracle.retries.record_key(shown)

    async def type_text(self, text: str, *, joined: bool | None = None) -> None:
        """Type text into a field.

        Args:
            text: ASCII characters.
            joined: Whether they arrive in one packet; None leaves it to chance.
        """
        await self.press(*(bytes([c]) for c in text.encode()), joined=joined, typed=True)

    async def wait(self) -> None:
        """Wait as long as a typist does between two keys."""
        await asyncio.sleep(self.rng.uniform(self.pace.shortest, self.pace.longest))

    async def leave(self) -> None:
        """Leave whatever is open, one step after the other."""
        for _ in range(3):
            await self.press(ESCAPE, joined=False)

    async def look_calmly(self) -> Sight:
        """Return the screen once its conversation has not changed for a while."""
        shown, since = self.window.look().shown, 0.0
        while since < _CALM_SECONDS:
            await asyncio.sleep(0.1)
            fresh = self.window.look().shown
            since = since + 0.1 if fresh == shown else 0.0
            shown = fresh
        return self.window.look()

    async def look_after_all_keys(self) -> Sight:
        """Return the screen once it shows what all keys have led to, however busy the machine is.

        Keys act one after the other, so the picture that one more asks for comes after the others.
        """
        width, height = self.window.size
        painted = self.window.received + width * height
        await self.press(_REDRAW, joined=False)
        await self.window.wait_for(lambda _: self.window.received >= painted, _REDRAW_SECONDS)
        return await self.look_calmly()
