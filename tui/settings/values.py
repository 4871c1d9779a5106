"""Define the settings' values that have parts."""

from typing import NamedTuple


class QuietHours(NamedTuple):
    """Hours in which customers are not texted, by their own clocks."""

    start: int
    """First quiet hour, 0 to 23."""
    end: int
    """First hour that is no longer quiet, 0 to 23."""

    def __str__(self) -> str:
        """Return the hours as they are written in the settings file."""
        return f"{self.start}-{self.end}"


DEFAULT_QUIET_HOURS = QuietHours(20, 8)


class ListenAddress(NamedTuple):
    """Host and port on which a server listens."""

    host: str
    port: int


class Webhook(NamedTuple):
    """Where events are posted to."""

    url: str
    """Address, or `file:` and the path of a file with it."""
    secret_file: str
    """File with the secret that signs what is posted."""
    kinds: tuple[str, ...] = ()
    """Kinds of events; empty for all that are not about one hook."""
    allow_http: bool = False
    """Whether the address may be one of another machine without encryption."""
