"""The log: JSON lines in a file, with secrets and phone numbers masked, and never on the screen.

Until `open_log` is called nothing is logged anywhere: a line on stdout or stderr would land in the
middle of the inbox.
"""

import fcntl
import logging
import os
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, cast

import structlog

LARGEST = 2 * 1024 * 1024
"""Bytes after which a log file makes room for a new one."""
OLD_FILES = 3

_MASK = "***"
_SECRET_KEY = re.compile(r"secret|password|passwd|authorization|token|api_?key|credential", re.I)
_SECRET_TEXT = re.compile(
    r"(?i)((?:secret|password|token|api_?key)[\"']?\s*[=:]\s*[\"']?|\b(?:basic|bearer)\s+)"
    r"[^\s\"'&,;]+"
)
_HOOK = re.compile(r"(/hooks/[^/\s]+/)[^/\s?]+")
_DIGITS = r"\d(?:[ ()-]{0,2}\d)"
_NUMBER = re.compile(rf"\+{_DIGITS}{{6,14}}|(?<![\w.])(?!\d{{4}}-\d\d-\d\d){_DIGITS}{{7,14}}(?!\w)")
"""International numbers, and other runs of 8 to 15 digits that are neither dates nor ids."""
_UNMASKED = frozenset({"timestamp", "level", "part"})
Event = MutableMapping[str, Any]


def mask_text(text: str) -> str:
    """Text with phone numbers, secrets and listener paths made unreadable."""
    text = _SECRET_TEXT.sub(rf"\1{_MASK}", _HOOK.sub(rf"\1{_MASK}", text))
    return _NUMBER.sub(lambda found: mask_number(found[0]), text)


def mask_number(number: str) -> str:
    """A number that can be told from others but not called: +6149157…56."""
    plus, digits = "+" * number.startswith("+"), re.sub(r"\D", "", number)
    return f"{plus}{digits[:-4]}…{digits[-2:]}"


def mask(value: Any, key: str = "") -> Any:
    """A logged value without what must not be read; whatever is not plain is masked as text."""
    if _SECRET_KEY.search(key):
        return _MASK
    if isinstance(value, dict):
        return {str(name): mask(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask_text(str(value))


def _masked(logger: Any, method: str, event: Event) -> Event:
    """The step of the log that masks every value."""
    return {key: value if key in _UNMASKED else mask(value, key) for key, value in event.items()}


class LogFile:
    """A file of lines that several processes write and that any of them moves away when full."""

    def __init__(self, path: Path, largest: int = LARGEST) -> None:
        """Open the file, mode 0600, making its directory if need be; raises `OSError`."""
        self.path = path
        self._largest = largest
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handle = self._opened()

    def write(self, line: str) -> None:
        """Append one line; what the disk refuses is lost, the desk goes on."""
        try:
            self._follow()
            os.write(self._handle, line.encode("utf-8", "backslashreplace") + b"\n")
        except OSError:
            return

    debug = info = warning = error = critical = write

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)

    def _follow(self) -> None:
        """Go on in the new file when this one is full or was moved away."""
        if os.fstat(self._handle).st_size >= self._largest:
            self._rotate()
        if not self._current():
            old, self._handle = self._handle, self._opened()
            os.close(old)

    def _rotate(self) -> None:
        """Move the files up by one, unless another process has just done so."""
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            if self._current():
                for number in range(OLD_FILES, 0, -1):
                    self._move(number - 1, number)
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _move(self, old: int, new: int) -> None:
        """Give the file of one number the next one."""
        source = self._numbered(old)
        if source.exists():
            source.replace(self._numbered(new))

    def _numbered(self, number: int) -> Path:
        """The name of an old file; 0 is the present one."""
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path

    def _current(self) -> bool:
        """Whether the open file is still the one under the log's name."""
        try:
            return os.path.samestat(os.fstat(self._handle), self.path.stat())
        except FileNotFoundError:
            return False

    def _opened(self) -> int:
        """The file, open for appending."""
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


class _Silence:
    """Takes every line and keeps none."""

    def write(self, line: str) -> None:
        """Keep nothing."""

    debug = info = warning = error = critical = write


class _FromLibraries(logging.Handler):
    """Takes what libraries log, which would otherwise go to stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a record on."""
        logger = get_logger(record.name)
        level = max(logging.DEBUG, min(record.levelno, logging.CRITICAL)) // 10 * 10
        logger.log(level, record.getMessage(), exc_info=record.exc_info or None)


def open_log(path: Path, level: str = "info") -> LogFile:
    """Log to a file from now on, libraries' warnings included; raises `OSError`."""
    file = LogFile(path)
    _configure(file, level)
    _take_from_libraries(True)
    return file


def close_log(file: LogFile) -> None:
    """Log nothing from now on, and close the file."""
    _take_from_libraries(False)
    _configure(_Silence(), "critical")
    file.close()


def _take_from_libraries(wanted: bool) -> None:
    """Let libraries' warnings go to the log, or where Python sends them by itself."""
    root = logging.getLogger()
    for handler in [old for old in root.handlers if isinstance(old, _FromLibraries)]:
        root.removeHandler(handler)
    if wanted:
        root.addHandler(_FromLibraries(logging.WARNING))
    logging.captureWarnings(wanted)


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger for one part of the program; silent until `open_log`."""
    if not structlog.is_configured():
        _configure(_Silence(), "critical")
    return cast(structlog.typing.FilteringBoundLogger, structlog.get_logger(part=name))


def _configure(file: LogFile | _Silence, level: str) -> None:
    """Let every logger write to one place."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: file,
        cache_logger_on_first_use=False,
    )
