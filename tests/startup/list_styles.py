"""Print `tui/startup/list_styles.json`: what the stylesheets make of the list in each theme.

Run as `python -m tests.startup.list_styles > tui/startup/list_styles.json` after a change of a
theme or of the list in the stylesheets. `test_first_paint.py` compares.
"""

import asyncio
import json
import random
import tempfile
from pathlib import Path

from rich.style import Style

from tests.contexts import make_context
from tui.app import SmsDeskApp
from tui.clock import ManualClock
from tui.desk.thread_row import STYLES
from tui.store.store import Store
from tui.widgets.themes import THEMES, to_theme_setting

_NAMES = ("", *STYLES, "list--cursor", "list--track", "list--thumb")


async def main() -> None:
    """Print the file."""
    print(await render_file(), end="")


async def render_file() -> str:
    """Return the text of the file: a style as `rich` writes it, by theme and component class."""
    themes = [to_theme_setting(theme.name) for theme in THEMES]
    styles = {
        theme: {name: str(style) for name, style in (await read_styles(theme)).items()}
        for theme in themes
    }
    return json.dumps(styles, indent=1) + "\n"


async def read_styles(theme: str) -> dict[str, Style]:
    """Return the styles of the list in a theme.

    Args:
        theme: Name of the theme in the settings.
    """
    clock = ManualClock()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "inbox.db")
        async with Store(path, clock=clock, rng=random.Random(1), owner="styles") as store:
            app = SmsDeskApp(store, make_context(clock, theme=theme))
            async with app.run_test(size=(80, 24)) as pilot:
                await pilot.pause()
                styles = {name: app.inbox.threads.find_style(name) for name in _NAMES}
                strips = app.screen._compositor.render_strips()
                top, bottom = strips[1], strips[-2]
                return {
                    **styles,
                    "border": next(iter(top)).style or Style(),
                    "title": next(s.style for s in top if "Open" in s.text) or Style(),
                    "subtitle": next(s.style for s in bottom if "longest" in s.text) or Style(),
                }


if __name__ == "__main__":
    asyncio.run(main())
