"""Wrong settings, as lines that a person can act on."""

from collections.abc import Iterable


class SettingsError(Exception):
    """Settings that cannot be used; each line names a key as its user wrote it, and the mend."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Keep the lines; none of them holds a secret."""
        self.lines = tuple(lines)
        super().__init__("; ".join(self.lines))
