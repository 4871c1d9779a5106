"""Make every picture the README shows, the others to judge the looks by, and its tables.

Each scene plays keys on the real app over the demo's made-up day, with a clock that stands still;
the screen becomes an SVG, and a PNG beside it to look at. `python screenshots/make.py` makes all,
`python screenshots/make.py NAME …` only those.
"""

import asyncio
import io
import os
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", TZ="Europe/London")
os.environ.pop("NO_COLOR", None)

from tui.app import SmsDeskApp  # noqa: E402  (the terminal is decided before Textual is imported)
from tui.clock import MINUTE, SECOND, ManualClock  # noqa: E402
from tui.commands import format_key_table  # noqa: E402
from tui.demo.accounts import make_demo_settings  # noqa: E402
from tui.demo.history import write_history  # noqa: E402
from tui.desk.context import AppContext  # noqa: E402
from tui.domain.account import Health  # noqa: E402
from tui.providers.provider_table import format_provider_table  # noqa: E402
from tui.startup.account_setup import create_account_setup  # noqa: E402
from tui.startup.wiring import create_context, open_store  # noqa: E402
from tui.store.store import Store  # noqa: E402

NOW = 1_772_719_320_000
"""5 March 2026, 14:02 UTC."""
SMALL, MIDDLE, WIDE = (80, 24), (110, 32), (160, 45)
_FONT_FACE = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
_SETTLE = 0.2
_COLOURS = 96
"""Enough for a terminal's picture, at a third of the bytes."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture: its name, the keys that lead to it, and how it is looked at."""

    name: str
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = MIDDLE
    theme: str = "dark"
    ascii: bool = False
    empty: bool = False
    fresh: bool = False
    """Whether no account has been set up yet."""


STATES: dict[str, tuple[str, ...]] = {
    "inbox": ("j", "j"),
    "conversation": ("j", "j", "enter"),
    "writing": ("j", "r", *"Of course"),
    "canned": ("j", "r", "f2"),
    "schedule": ("j", "r", *"See you then", "f5", *"tomorrow 9"),
    "failed": ("g", "f", "enter"),
    "timeline": ("g", "f", "enter", "full_stop"),
    "locked": ("g", "a", "slash", *"marco", "enter", "enter"),
    "triage": ("t",),
    "search": ("g", "slash", *"phone"),
    "new": ("c", *"+61491570156"),
    "snooze": ("h", *"fri 9"),
    "labels": ("l",),
    "contact": ("enter", "backslash"),
    "numbers": ("f4",),
    "accounts": ("f3",),
    "palette": ("colon",),
    "help": ("question_mark",),
}
"""Every main state of the desk, and the keys that lead there from the list."""


def scenes() -> Iterator[Scene]:
    """Every picture: each state in dark and light, small and wide; then the other looks."""
    for theme in ("dark", "light"):
        for name, keys in STATES.items():
            yield Scene(f"{name}-{theme}", keys, WIDE if name == "inbox" else MIDDLE, theme)
            yield Scene(f"{name}-small-{theme}", keys, SMALL, theme)
        for size, width in (("", MIDDLE), ("-small", SMALL)):
            yield Scene(f"setup{size}-{theme}", (), width, theme, fresh=True)
            yield Scene(f"empty{size}-{theme}", (), width, theme, empty=True)
    yield Scene("inbox-high-contrast", ("j", "j"), MIDDLE, "high-contrast")
    yield Scene("inbox-terminal", ("j", "j"), MIDDLE, "terminal")
    yield Scene("inbox-ascii", ("j", "j"), SMALL, "dark", ascii=True)


async def take(scene: Scene, folder: Path) -> str:
    """Play a scene and return its SVG."""
    path = folder / "inbox.db"
    clock, rng = ManualClock(NOW), random.Random(7)
    if not scene.empty and not scene.fresh:
        await write_history(path, NOW, rng)
    desk = make_demo_settings(path, scene.ascii)
    async with open_store(desk, clock, rng) as store:
        seat = create_context(desk, clock, os.environ)
        await _serve(store, seat)
        app = SmsDeskApp(store, _dressed(seat, scene))
        async with app.run_test(size=scene.size) as pilot:
            await pilot.pause(_SETTLE)
            for key in scene.keys:
                await pilot.press(key)
                await pilot.pause(_SETTLE if len(key) > 1 or key in "gjkrcnthS" else 0)
            await pilot.pause(_SETTLE)
            return _FONT_FACE.sub("", app.export_screenshot(title="smsdesk"))


async def _serve(store: Store, seat: AppContext) -> None:
    """Leave the accounts as a service leaves them: most well, one waiting to try again."""
    for place, account in enumerate(seat.accounts):
        retrying = account.name == "sw"
        await store.accounts.save_health(
            account.name,
            Health.RETRYING if retrying else Health.OK,
            line="The operator's server did not answer: timed out" if retrying else "",
            retry_at=NOW + 40 * SECOND if retrying else None,
            ok_at=NOW - (300 if retrying else 2) * SECOND,
            event_at=NOW - (place + 1) * 4 * MINUTE,
            latency_ms=180 + 140 * place,
            holder="desk-1",
        )
    await store.accounts.save_balance("eu", "EUR 41.20")
    await store.accounts.save_balance("mp", "212 credits")


def _dressed(seat: AppContext, scene: Scene) -> AppContext:
    """The seat in the scene's looks."""
    looks = replace(seat, theme=scene.theme, ascii=scene.ascii)
    if not scene.fresh:
        return looks
    enrol = create_account_setup({"HOME": "/home/mia"}, None, seat.clock, random.Random(7))
    return replace(looks, accounts=(), account_setup=enrol)


def write(scene: Scene, svg: str) -> None:
    """Write the SVG and the PNG."""
    import resvg_py
    from PIL import Image

    (HERE / f"{scene.name}.svg").write_text(svg, encoding="utf-8")
    png = resvg_py.svg_to_bytes(
        svg_string=svg, monospace_family="DejaVu Sans Mono", font_family="DejaVu Sans Mono"
    )
    picture = Image.open(io.BytesIO(bytes(png))).convert("RGB")
    few = picture.quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(HERE / f"{scene.name}.png", optimize=True)


def write_tables() -> None:
    """Bring the README's tables in line with the registry of commands and the catalogue."""
    readme = HERE.parent / "README.md"
    text = readme.read_text(encoding="utf-8")
    for name, table in (("keys", format_key_table()), ("providers", format_provider_table())):
        before, _, rest = text.partition(f"<!-- {name} -->")
        _, _, after = rest.partition(f"<!-- /{name} -->")
        text = f"{before}<!-- {name} -->\n{table}\n<!-- /{name} -->{after}"
    readme.write_text(text, encoding="utf-8")


def main(names: list[str]) -> None:
    """Make all pictures and the tables of the README, or only the pictures named."""
    if not names:
        write_tables()
    for scene in scenes():
        if not names or scene.name in names:
            with tempfile.TemporaryDirectory() as folder:
                write(scene, asyncio.run(take(scene, Path(folder))))
            print(scene.name)


if __name__ == "__main__":
    main(sys.argv[1:])
