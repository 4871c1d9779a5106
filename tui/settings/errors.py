"""Report wrong settings as lines that say how to fix them."""

from collections.abc import Iterable


class SettingsError(Exception):
    """Settings that cannot be used; each line names a key as written, and how to fix it."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Keep the lines.

        Args:
            lines: One line for each problem, without secrets.
        """
        self.lines = tuple(lines)
        super().__init__("; ".join(self.lines))
