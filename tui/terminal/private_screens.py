"""Wrap the private API of Textual's screens: layout, and the timer with which they are painted.

See `tui.terminal.private_api`.
"""

from textual import on
from textual._compositor import CompositorMap
from textual.events import Mount
from textual.geometry import Size
from textual.screen import Screen, ScreenResultType
from textual.timer import Timer


class AnnouncingScreen(Screen[ScreenResultType]):
    """Screen whose widgets learn every new size, and that stays live below other screens.

    Stands in for `Screen._refresh_layout` and `Screen._compositor_refresh`.
    """

    _announced_layout: "CompositorMap | None" = None
    """Places of all widgets, as the last layout announced them."""

    @on(Mount)
    def _hide_toasts(self) -> None:
        """Hide the place of toasts before the first layout, not with a second one after it."""
        for rack in self.query("ToastRack"):
            rack.display = False

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        """Compare the new layout with the one that the widgets know.

        Textual compares it with its newest one, which a mere look at the place of a widget may
        have made: then no widget receives a `Resize`, and what has moved is not painted.
        """
        is_laid_out = bool(self._layout_widgets) or not scroll
        if is_laid_out:
            self._compositor._full_map = self._announced_layout or {}
        super()._refresh_layout(size, scroll)
        if is_laid_out:
            self._announced_layout = self._compositor._full_map

    def _compositor_refresh(self) -> None:
        """Paint what has changed; below another screen, have that one painted again there.

        Textual notifies only the uppermost screen. Each one in between keeps the lines that shine
        through it, so with two dialogs open the header and the list would stand still.
        """
        stack = self.app.screen_stack
        if self is stack[-1] or self not in stack:
            super()._compositor_refresh()
            return
        regions = tuple(self._compositor._dirty_regions)
        self._compositor._dirty_regions.clear()
        self._dirty_widgets.clear()
        if regions:
            stack[stack.index(self) + 1].refresh(*regions)


class HookedScreen(AnnouncingScreen[ScreenResultType]):
    """Screen that chooses the timer with which it is painted."""

    _paint_timer: Timer | None = None

    def make_paint_timer(self) -> Timer:
        """Return the paused timer that calls `paint_changes`, made once for each screen.

        Stands in for the timer of `Screen._update_timer`, whose period is fixed. Textual resumes
        it when there is something to paint.
        """
        raise NotImplementedError

    def paint_changes(self) -> None:
        """Paint what has changed, and pause the timer; stands in for `Screen._on_timer_update`."""
        self._on_timer_update()

    @property
    def _update_timer(self) -> Timer:
        """Return the timer that Textual runs while there is something to paint."""
        if self._paint_timer is None:
            self._paint_timer = self.make_paint_timer()
        return self._paint_timer
