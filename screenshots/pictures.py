"""Draw the pictures of the screen.

Each scene plays keys on the real app over the demo's invented day, with a clock that stands still.
The screen becomes an SVG for the documentation and a PNG to look at.
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
from importlib import import_module
from pathlib import Path

os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", TZ="Europe/London")
os.environ.pop("NO_COLOR", None)

from tui.app import SmsDeskApp
from tui.clock import MINUTE, SECOND, ManualClock
from tui.demo.accounts import make_demo_settings
from tui.demo.sample_history import write_history
from tui.desk.context import AppContext
from tui.domain.account import Health
from tui.settings.fields import Theme
from tui.startup.account_setup import create_account_setup
from tui.startup.wiring import create_context, open_store
from tui.store.store import Store

HERE = Path(__file__).parent
OUT = HERE / "out"
"""For what the documentation does not show; git ignores it."""
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
    theme: Theme = "dark"
    ascii: bool = False
    empty: bool = False
    fresh: bool = False
    """Whether no account has been set up yet."""


STATES: dict[str, tuple[str, ...]] = {
    "inbox": ("j", "j"),
    "conversation": ("j", "j", "enter"),
    "writing": ("j", "r", *"Of course"),
    "canned": ("j", "r", "f2"),
    "views": ("V", "enter", "g", "u", "V", "enter", "v"),
    "team": ("g", "w"),
    "rules": ("g", "r"),
    "rule": ("g", "r", "a"),
    "people": ("g", "b"),
    "many": ("x", "j", "x", "r", *"Hello", "enter"),
    "replies": ("g", "t"),
    "answers": ("V", "enter", "v", "t"),
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
    """Yield every picture: each state in dark and light, small and wide; then the other looks."""
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
        app_context = create_context(desk, clock, os.environ)
        await _serve(store, app_context)
        app = SmsDeskApp(store, _dressed(app_context, scene))
        async with app.run_test(size=scene.size) as pilot:
            await pilot.pause(_SETTLE)
            for key in scene.keys:
                await pilot.press(key)
                await pilot.pause(_SETTLE if len(key) > 1 or key in "gjkrcnthS" else 0)
            await pilot.pause(_SETTLE)
            return _FONT_FACE.sub("", app.export_screenshot(title="smsdesk"))


async def _serve(store: Store, app_context: AppContext) -> None:
    """Leave the accounts as a service leaves them: most well, one waiting to try again."""
    for place, account in enumerate(app_context.accounts):
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
    names = [account.name for account in app_context.accounts]
    await store.listeners.record_heartbeat(
        names, host="desk-1", agent="", kind="service", address="https://sms.shop.example"
    )
    await store.accounts.save_balance("eu", "EUR 41.20")
    await store.accounts.save_balance("mp", "212 credits")


def _dressed(app_context: AppContext, scene: Scene) -> AppContext:
    """Return the context with the look of the scene."""
    preferences = replace(app_context.preferences, theme=scene.theme)
    looks = replace(app_context, preferences=preferences, ascii=scene.ascii)
    if not scene.fresh:
        return looks

    async def explain_refusal() -> str:
        return ""

    account_setup = create_account_setup(
        {"HOME": "/home/mia"}, None, app_context.clock, random.Random(7), explain_refusal
    )
    return replace(
        looks, preferences=replace(preferences, accounts=()), account_setup=account_setup
    )


def draw(scene: Scene, *, is_shown: bool) -> None:
    """Draw one picture.

    Args:
        scene: What to play.
        is_shown: Whether the documentation shows its SVG.
    """
    with tempfile.TemporaryDirectory() as folder:
        svg = asyncio.run(take(scene, Path(folder)))
    OUT.mkdir(exist_ok=True)
    ((HERE if is_shown else OUT) / f"{scene.name}.svg").write_text(svg, encoding="utf-8")
    _write_png(svg, OUT / f"{scene.name}.png")


def _write_png(svg: str, path: Path) -> None:
    """Write a picture as a PNG; without the programs for it, say how to install them."""
    try:
        fonts = import_module("manimgx_fonts")
        resvg_py = import_module("resvg_py")
    except ImportError:
        print(f"no {path.name}: pip install -e '.[pictures]' draws it", file=sys.stderr)
        return
    from PIL import Image

    png = resvg_py.svg_to_bytes(
        svg_string=svg,
        monospace_family="DejaVu Sans Mono",
        font_family="DejaVu Sans Mono",
        # Emoji have a font of their own; without it they would be boxes.
        font_files=[str(f) for f in Path(str(fonts.__file__)).parent.glob("NotoEmoji*.ttf")],
    )
    picture = Image.open(io.BytesIO(bytes(png))).convert("RGB")
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
