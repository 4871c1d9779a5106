"""The private API of Textual: each use has a name here, and no other module has one.

A failure names what an upgrade of Textual has changed. Then read the new source of that name,
adapt the module of `TERMINAL_MODULES` that uses it, and the table in `tui/README.md`.
"""

import importlib
import inspect
import signal
from collections.abc import Callable
from functools import partial
from queue import Queue

import pytest
from rich.segment import Segment
from textual import _callback
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual._xterm_parser import XTermParser
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.cache import FIFOCache
from textual.containers import VerticalScroll
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tests.private_access import find_private_uses
from tests.waiting import wait_until
from tui.screens.base import DialogScreen, PacedScreen
from tui.terminal import private_api, private_pumps
from tui.terminal.private_strips import CACHE_SIZES, create_full_strip, make_strips_light
from tui.terminal.private_styles import FLAGS

TERMINAL_MODULES = (
    *("private_api", "private_pumps", "private_screens", "private_strips", "private_styles"),
    *("keyboard", "streams", "driver"),
)
METHODS = {
    (App, "_display"): ("screen", "renderable"),
    (App, "_check_bindings"): ("key", "priority"),
    (App, "_handle_exception"): ("error",),
    (App, "_fatal_error"): (),
    (App, "_begin_update"): (),
    (App, "_end_update"): (),
    (App, "_shutdown"): (),
    (App, "_close_messages_no_wait"): (),
    (MessagePump, "_dispatch_message"): ("message",),
    (MessagePump, "_get_message"): (),
    (Screen, "_on_timer_update"): (),
    (Screen, "_compositor_refresh"): (),
    (Screen, "_refresh_layout"): ("size", "scroll"),
    (CompositorUpdate, "render_segments"): ("console",),
    (LayoutUpdate, "__init__"): ("strips", "region"),
    (ChopsUpdate, "__init__"): ("chops", "spans", "chop_ends"),
    (Stylesheet, "_parse_rules"): (
        *("css", "read_from", "is_default_rules", "tie_breaker", "scope"),
    ),
    (Stylesheet, "_process_component_classes"): ("node",),
    (DOMNode, "_attach"): ("parent",),
    (DOMNode, "_get_component_classes"): (),
    (XTermParser, "__init__"): ("debug",),
    (XTermParser, "feed"): ("data",),
    (XTermParser, "_sequence_to_key_events"): ("sequence", "alt"),
    (WriterThread, "run"): (),
    (LinuxDriver, "_disable_line_wrap"): (),
    (LinuxDriver, "_enable_bracketed_paste"): (),
    (LinuxDriver, "_enable_in_band_window_resize"): (),
    (LinuxDriver, "_enable_mouse_support"): (),
    (LinuxDriver, "_get_terminal_size"): (),
    (LinuxDriver, "_sigcont_application"): ("_",),
    (LinuxDriver, "_sigtstp_application"): ("_",),
    (LinuxDriver, "start_application_mode"): (),
    (LinuxDriver, "stop_application_mode"): (),
    (LinuxDriver, "write"): ("data",),
}
"""Parameters of each method."""
COROUTINES = {"_check_bindings", "_dispatch_message", "_get_message", "_shutdown"}
APP_ATTRIBUTES: dict[str, type] = {
    "_batch_count": int,
    "_closed": bool,
    "_driver": type(None),  # before the app runs
    "_exit": bool,
    "_exit_renderables": list,
}
"""Type of each attribute of an app that does not run."""
DRIVER_ATTRIBUTES = {
    *("_app", "_auto_restart", "_file", "_in_band_window_resize", "_key_thread", "_loop"),
    *("_must_signal_resume", "_writer_thread"),
}
"""Attributes of a driver that has not begun."""
DRIVER_FUNCTIONS = {"_patch_iflag", "_patch_lflag"}
"""Class methods of the driver."""
OTHERS = {
    "_EXCLUDE_PSEUDO_CLASSES_FROM_CACHE",
    "_count_parameters",
    "_PSEUDO_CLASSES",
    "_bindings",
    "_border_subtitle",
    "_border_title",
    "_component_styles",
    "_compositor",
    "_dirty_regions",
    "_dirty_widgets",
    "_full_map",
    "_layout_widgets",
    "_queue",
    "_selector_names",
    "_update_timer",
    "_variables",
    *("_segments", "_cell_length", "_render_cache", "_link_ids", "_cell_count"),
}
"""Names that have a test of their own."""
IMPORTS = {
    "textual._compositor.ChopsUpdate",
    "textual._compositor.CompositorMap",
    "textual._compositor.CompositorUpdate",
    "textual._compositor.LayoutUpdate",
    "textual._xterm_parser.XTermParser",
    "textual._callback",
    "textual.document._wrapped_document",
    "textual.drivers._writer_thread.WriterThread",
}


@pytest.mark.parametrize(
    ("owner", "name"), METHODS, ids=[f"{owner.__name__}.{name}" for owner, name in METHODS]
)
def test_textual_still_has_the_method(owner: type, name: str) -> None:
    method = getattr(owner, name)
    assert tuple(inspect.signature(method).parameters)[1:] == METHODS[owner, name]
    assert inspect.iscoroutinefunction(method) == (name in COROUTINES)


@pytest.mark.parametrize("name", APP_ATTRIBUTES)
def test_textual_still_has_the_attribute_of_an_app(name: str) -> None:
    assert isinstance(getattr(App[None](), name), APP_ATTRIBUTES[name])


@pytest.mark.parametrize(
    ("public", "private", "setter"),
    [
        ("border_title", "_border_title", private_api.set_border_title),
        ("border_subtitle", "_border_subtitle", private_api.set_border_subtitle),
    ],
)
def test_textual_still_keeps_the_texts_on_a_border(
    public: str, private: str, setter: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    widget, painted = Widget(), list[tuple[object, ...]]()
    monkeypatch.setattr(widget, "refresh", lambda *regions, **_: painted.append(regions))
    setattr(widget, public, "before")
    text = getattr(widget, private)
    assert painted == [()]  # all of it
    assert callable(setter)
    setter(widget, None)
    assert getattr(widget, public) is None
    setter(widget, text)
    assert getattr(widget, public) == "before"
    assert [len(regions) for regions in painted] == [0, 1, 1]


def test_textual_still_keeps_the_keys_of_a_widget() -> None:
    widget = Widget()
    private_api.replace_bindings(widget, [Binding("f9", "act")])
    assert [key for key, _ in widget._bindings] == ["f9"]
    assert "node._bindings" in inspect.getsource(Screen)  # which looks for the keys there


def test_textual_still_styles_a_widget_by_what_the_looks_ask() -> None:
    # That the result is Textual's own: `tests/ui/test_rendering_cost.py`.
    stylesheet, widget = Stylesheet(variables={"colour": "red"}), Widget(id="one", classes="wide")
    assert stylesheet._variables == {"colour": "red"}
    assert {"last-child", "focus-within"} < stylesheet._EXCLUDE_PSEUDO_CLASSES_FROM_CACHE
    assert not widget._PSEUDO_CLASSES["focus"](widget)
    assert {"*", "Widget", ".wide", "#one"} <= widget._selector_names
    assert widget._component_styles == {}
    assert "name not in self._component_styles" in inspect.getsource(DOMNode.get_component_styles)
    assert all(f"node.{name} = " in inspect.getsource(Stylesheet.apply) for name in FLAGS)


async def test_textual_still_has_the_attributes_of_a_driver() -> None:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT)}
    try:
        assert set(vars(LinuxDriver(App[None]()))) >= DRIVER_ATTRIBUTES
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("name", sorted(DRIVER_FUNCTIONS))
def test_textual_still_has_the_line_settings_of_a_driver(name: str) -> None:
    assert getattr(LinuxDriver, name)(0) == 0


def test_textual_still_has_the_queue_of_the_writer_thread() -> None:
    with open("/dev/null", "w") as file:
        writer = WriterThread(file)
    writer.write("text")
    assert isinstance(writer._queue, Queue)
    assert writer._queue.get_nowait() == "text"


def test_textual_still_paints_a_screen_by_its_update_timer() -> None:
    timer = Screen.__dict__["_update_timer"]
    assert isinstance(timer, property)
    # Resumed when there is something to paint, and paused by the method that paints.
    assert "self._update_timer.resume()" in inspect.getsource(Screen)
    assert "self._update_timer.pause()" in inspect.getsource(Screen._on_timer_update)


class Resized(Static):
    """Widget that records the widths it learns."""

    def __init__(self) -> None:
        """Create a widget without any width."""
        super().__init__("text")
        self.widths: list[int] = []

    def on_resize(self, event: Resize) -> None:
        """Record the width."""
        self.widths.append(event.size.width)


class Contents:
    """Parts of a screen: a widget above long text that scrolls."""

    CSS = "Resized { width: 20; } VerticalScroll { height: 5; }"

    def compose(self) -> ComposeResult:
        """Yield the widget and the text."""
        yield Resized()
        with VerticalScroll():
            yield Static("line\n" * 50)


class FilledScreen(Contents, PacedScreen[None]):
    """Screen like that of the inbox."""


class FilledDialog(Contents, DialogScreen[None]):
    """Dialog like all others."""


@pytest.mark.parametrize("screen_class", [FilledScreen, FilledDialog])
async def test_a_widget_learns_its_new_size_though_its_place_was_looked_up_before(
    screen_class: type[Screen[None]],
) -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        await app.push_screen(screen_class())
        await pilot.pause()
        widget, compositor = app.screen.query_one(Resized), app.screen._compositor
        compositor.reflow_visible(app.screen, app.screen.size)  # as a scroll does
        widget.styles.width = 40
        app.screen._clear_arrangement_cache()  # as the widget does, before it asks for a layout
        assert compositor.full_map[widget].region.width == 40
        await wait_until(lambda: widget.widths == [20, 40])


@pytest.mark.parametrize("name", ["XTermParser", "WriterThread", "getincrementaldecoder"])
def test_the_drivers_module_still_has_the_class_that_is_replaced(name: str) -> None:
    # Read from the source: another test may have replaced it by now.
    source = inspect.getsource(importlib.import_module("textual.drivers.linux_driver"))
    assert f" {name}\n" in source  # imported by name
    assert f" {name}(" in source  # and looked up when the driver starts


def test_private_api_stands_in_few_modules_and_in_the_lists_of_this_test() -> None:
    listed = {name for _, name in METHODS if name.startswith("_") and name != "__init__"}
    listed |= IMPORTS | OTHERS | set(APP_ATTRIBUTES) | DRIVER_ATTRIBUTES | DRIVER_FUNCTIONS
    uses = find_private_uses()
    used = set().union(*(uses.pop(f"tui.terminal.{name}") for name in TERMINAL_MODULES))
    assert used == listed
    assert uses == {
        "tui.store.sqlite.file_engine": {"_conn", "_execute"},  # see tests/store
        "tui.cli.signals": {"_exit"},  # of `os`, which documents it
        # Of the standard library, which has no public list of a parser's arguments.
        "tui.cli.command_parser": {
            *("_actions", "_HelpAction", "_SubParsersAction", "_add_action", "_check_value"),
        },
    }


def test_the_signature_of_a_callback_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counted:
        def take(self, one: int, two: int = 2) -> None:
            pass

    class Unkept:
        __slots__ = ()

        def __call__(self, one: int) -> None:
            pass

    read: list[Callable[..., object]] = []
    count = private_pumps._count_parameters

    def note_and_count(func: Callable[..., object]) -> int:
        read.append(func)
        return count(func)

    monkeypatch.setattr(private_pumps, "_count_parameters", note_and_count)
    for _ in range(3):
        assert _callback.count_parameters(partial(Counted().take, 1)) == 1
        assert _callback.count_parameters(partial(Counted().take)) == 2
    assert read == [Counted.take]
    assert _callback.count_parameters(partial(Unkept())) == 1
    assert _callback.count_parameters(partial(print, 1, sep="")) == count(print) - 2


def test_a_light_strip_has_what_textual_gives_a_strip() -> None:
    make_strips_light()
    full, light = Strip([]), Strip([Segment("ab")], 2)
    create_full_strip(full, [Segment("ab")], 2)
    for name in Strip.__slots__:
        expected, made = getattr(full, name), getattr(light, name)
        if isinstance(expected, FIFOCache):
            assert expected._maxsize == made._maxsize == CACHE_SIZES[name]
            assert getattr(light, name) is made
        else:
            assert expected == made
    assert not hasattr(light, "_other_cache")
