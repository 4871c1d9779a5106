"""Wrap the private API of Textual, each use of it in something public with a plain name.

Textual has no public way for these. They and `keyboard`, which parses and writes for Textual's
driver, are all uses there are: `tests/terminal/test_private_api.py` allows no others, and names
the one that an upgrade of Textual has changed. `tui/README.md` lists them.
"""

from collections.abc import Callable, Iterable, Iterator

from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App, ReturnType
from textual.binding import Binding, BindingsMap
from textual.content import Content
from textual.document import _wrapped_document
from textual.dom import DOMNode
from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.terminal.modes import MODES

ScreenUpdate = CompositorUpdate
"""Cells that Textual wants to paint; no public name of Textual has them."""
PlacedStrip = tuple[int, int, Strip]
"""Column and line where a strip begins, and the strip."""


def replace_text_measures(
    find_wrap_offsets: Callable[..., list[int]], find_column: Callable[[str, int, int], int]
) -> None:
    """Make every text area wrap lines, and find the column of a cell, with these functions.

    Args:
        find_wrap_offsets: Returns where a line is wrapped.
        find_column: Returns the index in a line, for a cell and the size of tabs.
    """
    # Textual has no hook for them: the wrapped document looks them up in its own module.
    module = vars(_wrapped_document)
    module["compute_wrap_offsets"] = find_wrap_offsets
    module["cell_width_to_column_index"] = find_column


def has_strips(update: ScreenUpdate) -> bool:
    """Return whether the strips of an update can be listed."""
    return isinstance(update, LayoutUpdate | ChopsUpdate)


def iterate_strips(update: ScreenUpdate) -> Iterator[PlacedStrip]:
    """Yield the strips of an update with their places, cropped as Textual crops them.

    Stands in for `render_segments`, which gives the same strips as one escape sequence.
    """
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for part in line:
                yield x, y, part
                x += part.cell_length
    elif isinstance(update, ChopsUpdate):
        for y, x1, x2 in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is None or x > x2 or end <= x1:
                    continue
                whole = x1 <= x < x2 and end <= x2
                yield x, y, strip if whole else strip.crop(0, min(end, x2) - x)


def set_border_title(widget: Widget, text: Content | None) -> None:
    """Set the text on a widget's upper border, and paint only that line.

    Stands in for `Widget.border_title`, which repaints the whole widget: the border of a
    conversation surrounds everything that is painted while an agent types and moves.

    Args:
        widget: Widget with a border.
        text: New text; None for none.
    """
    if _to_markup(text) != widget.border_title:
        widget._border_title = text
        _repaint_line(widget, 0)


def set_border_subtitle(widget: Widget, text: Content | None) -> None:
    """Set the text on a widget's lower border, and paint only that line.

    Stands in for `Widget.border_subtitle`, as `set_border_title` for the upper border.

    Args:
        widget: Widget with a border.
        text: New text; None for none.
    """
    if _to_markup(text) != widget.border_subtitle:
        widget._border_subtitle = text
        _repaint_line(widget, widget.outer_size.height - 1)


def _repaint_line(widget: Widget, y: int) -> None:
    """Repaint one line of a widget; line 0 is its upper border."""
    edge = widget.gutter
    widget.refresh(Region(-edge.left, y - edge.top, widget.outer_size.width, 1))


def _to_markup(text: Content | None) -> str | None:
    """Return a text in the form in which Textual returns it from a border."""
    return None if text is None else text.markup


def replace_bindings(node: DOMNode, bindings: Iterable[Binding]) -> None:
    """Give a screen or a widget other keys than those of its class.

    Stands in for `BINDINGS`, which has to be complete before the settings have been read.

    Args:
        node: Screen or widget.
        bindings: Its keys from now on.
    """
    node._bindings = BindingsMap(bindings)


class HookedPump(MessagePump):
    """Widget, screen or app whose handling of a message can be wrapped."""

    async def dispatch_message(self, message: Message) -> None:
        """Call the handlers of a message; override this to catch what they raise.

        Stands in for `MessagePump._dispatch_message`. Without it, a handler that raises ends the
        app.
        """
        await super()._dispatch_message(message)

    async def _dispatch_message(self, message: Message) -> None:
        """Call the public method, which Textual does not know."""
        await self.dispatch_message(message)


_dispatch_message = MessagePump._dispatch_message


async def _dispatch_and_absorb(self: MessagePump, message: Message) -> None:
    """Call the handlers of a message; let the app decide about an error of theirs."""
    try:
        await _dispatch_message(self, message)
    except Exception as error:
        app = _find_app(self)
        if app is None or not app.absorb_error(self, message, error):
            raise


def _find_app(pump: MessagePump) -> "HookedApp[object] | None":
    """Return the app of a widget, or None if it has none of ours."""
    try:
        app = pump.app
    except RuntimeError:
        return None
    return app if isinstance(app, HookedApp) else None


# Textual ends a widget whose handler raises, and the app with it. Its own widgets, whose handlers
# raise too, are made by its own code, so that a subclass cannot stand in for them.
MessagePump._dispatch_message = _dispatch_and_absorb  # type: ignore[method-assign]


class HookedApp(App[ReturnType]):
    """App whose painting, failing and ending can be changed."""

    def paint_update(self, screen: Screen[object], update: ScreenUpdate) -> None:
        """Write an update to the terminal; override this to write something else.

        Stands in for `App._display` while there is a terminal to write to.

        Args:
            screen: Screen that has changed.
            update: Cells to paint.
        """
        super()._display(screen, update)  # type: ignore[arg-type]

    def forget_cells(self) -> None:
        """Forget what the terminal shows, as it may show something else; override this."""

    def write_frame(self, sequence: str) -> None:
        """Write what paints a frame as one update, so that the terminal shows no half of it.

        Stands in for `App._begin_update` and `App._end_update`.

        Args:
            sequence: Complete escape sequence; nothing is written if it is empty.
        """
        if sequence and self._driver is not None:
            self._begin_update()
            self._driver.write(sequence)
            self._end_update()
            self._driver.flush()
        self.post_display_hook()

    @property
    def is_exiting(self) -> bool:
        """Return whether a signal or `exit` ends the app, so that its screens are being removed.

        Stands in for `App._exit`.
        """
        return self._exit or MODES.is_ending

    def write_to_terminal(self, sequence: str) -> None:
        """Write a complete escape sequence to the terminal, between two updates.

        Stands in for `App._driver`.
        """
        if sequence and self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()

    async def run_bound_key(self, key: str) -> bool:
        """Run what a key is bound to, and return whether it is; no widget learns of the key.

        Stands in for `App._check_bindings`.

        Args:
            key: Name of the key.
        """
        return await self._check_bindings(key, priority=True) or await self._check_bindings(key)

    def report_failure(self, error: Exception) -> None:
        """End the app because of an error; override this to learn of it.

        Stands in for `App._handle_exception`.
        """
        super()._handle_exception(error)

    def absorb_error(self, pump: MessagePump, message: Message, error: Exception) -> bool:
        """Return whether the app goes on after an error of a handler; override this to decide.

        Stands in for what follows `MessagePump._dispatch_message`.

        Args:
            pump: Widget, screen or app whose handler failed.
            message: What it handled.
            error: What it raised.
        """
        return False

    def end_silently(self) -> None:
        """End the app and print nothing.

        Stands in for `App._fatal_error`, which prints a traceback.
        """
        self._exit_renderables.clear()
        self._close_messages_no_wait()

    async def prepare_shutdown(self) -> None:
        """Do what must be done before the screens are removed; stands in for `App._shutdown`.

        `on_unmount` comes after that.
        """

    def _display(self, screen: Screen[object], renderable: object) -> None:
        """Call the public method for an update, and Textual's own for anything else."""
        is_painting = self.is_running and not (
            self._closed or self._batch_count or self.is_headless
        )
        if is_painting and isinstance(renderable, CompositorUpdate):
            self.paint_update(screen, renderable)
        else:
            super()._display(screen, renderable)  # type: ignore[arg-type]

    def _handle_exception(self, error: Exception) -> None:
        """Call the public method."""
        self.report_failure(error)

    def _fatal_error(self) -> None:
        """End the app without Textual's traceback.

        It would show every local variable, texts of customers among them.
        """
        self.end_silently()

    async def _shutdown(self) -> None:
        """Prepare the end before Textual removes the screens."""
        await self.prepare_shutdown()
        await super()._shutdown()
