"""Write the log to a file as JSON lines, with secrets and phone numbers masked.

It never appears on the screen: until `open_log` is called nothing is logged anywhere, as a line
on stdout or stderr would appear in the middle of the inbox.
"""

import contextlib
import fcntl
import logging
import os
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, cast

import structlog

from tui.domain.arrivals import hide_hook_secrets
from tui.domain.text import to_json_line
from tui.private_files import PRIVATE_FILE_MODE, create_file, make_directory

MAX_LOG_BYTES = 2 * 1024 * 1024
"""Bytes after which a log file is moved away and a new one begins."""
MAX_OLD_FILES = 3
_LOG_FLAGS = os.O_WRONLY | os.O_APPEND

_MASK = "***"
_SECRET_KEY = re.compile(r"secret|password|passwd|authorization|token|api_?key|credential", re.I)
_SECRET_TEXT = re.compile(
    r"(?i)((?:secret|password|token|api_?key)[\"']?\s*[=:]\s*[\"']?|\b(?:basic|bearer)\s+)"
    r"[^\s\"'&,;]+"
)
_DIGITS = r"\d(?:[ ()-]{0,2}\d)"
_NUMBER = re.compile(rf"\+{_DIGITS}{{6,14}}|(?<![\w.])(?!\d{{4}}-\d\d-\d\d){_DIGITS}{{7,14}}(?!\w)")
"""International numbers, and other runs of 8 to 15 digits that are neither dates nor ids."""
_UNMASKED = frozenset({"timestamp", "level", "part"})
LogEvent = MutableMapping[str, Any]


def mask_text(text: str) -> str:
    """Return the text with phone numbers, secrets and listener paths masked."""
    text = _SECRET_TEXT.sub(rf"\1{_MASK}", hide_hook_secrets(text, _MASK))
    return _NUMBER.sub(lambda found: mask_number(found[0]), text)


def mask_number(number: str) -> str:
    """Return the number masked: it can be distinguished but not called (+6149157…56)."""
    plus, digits = "+" * number.startswith("+"), re.sub(r"\D", "", number)
    return f"{plus}{digits[:-4]}…{digits[-2:]}"


def mask_value(value: Any, key: str = "") -> Any:
    """Return a logged value with everything private masked.

    A value that is not a plain JSON type is masked as text.

    Args:
        value: Any value that was logged.
        key: Name it was logged under; names of secrets mask the whole value.
    """
    if _SECRET_KEY.search(key):
        return _MASK
    if isinstance(value, dict):
        return {str(name): mask_value(item, str(name)) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask_value(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask_text(str(value))


def _mask_event(logger: Any, method: str, event: LogEvent) -> LogEvent:
    """Mask every value of an event; this is a processor of structlog."""
    return {
        key: value if key in _UNMASKED else mask_value(value, key) for key, value in event.items()
    }


def _dump_event(event: LogEvent, **_: Any) -> str:
    """Return an event as JSON that is harmless in a terminal; every script stays readable."""
    return to_json_line(dict(event), ascii=False)


class LogFile:
    """A file of lines that several processes append to; any of them rotates it when it is full."""

    def __init__(self, path: Path, largest: int = MAX_LOG_BYTES) -> None:
        """Open the file with mode 0600 and create its directory if it is missing.

        Args:
            path: The log file.
            largest: Size in bytes after which the file is rotated.

        Raises:
            OSError: The file cannot be opened.
        """
        self.path = path
        self._largest = largest
        make_directory(path.parent)
        self._handle = self._open_file()

    def write(self, line: str) -> None:
        """Append one line; a line that the disk refuses is lost, and the program continues.

        Args:
            line: Line without a line break.
        """
        try:
            self._rotate_if_full()
            os.write(self._handle, line.encode("utf-8", "backslashreplace") + b"\n")
        except OSError:
            return

    debug = info = warning = error = critical = write

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)

    def _rotate_if_full(self) -> None:
        """Switch to the new file when this one is full or was moved away."""
        if os.fstat(self._handle).st_size >= self._largest:
            self._rotate_files()
        if not self._is_current():
            old, self._handle = self._handle, self._open_file()
            os.close(old)

    def _rotate_files(self) -> None:
        """Move the files up by one number, unless another process has just done so."""
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            if self._is_current():
                for number in range(MAX_OLD_FILES, 0, -1):
                    self._rename_file(number - 1, number)
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _rename_file(self, old: int, new: int) -> None:
        """Rename the file of one number to another number, if it exists."""
        source = self._numbered_path(old)
        if source.exists():
            source.replace(self._numbered_path(new))

    def _numbered_path(self, number: int) -> Path:
        """Return the path of an old file; 0 is the present one."""
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path

    def _is_current(self) -> bool:
        """Return whether the open file is still the one at the log's path."""
        try:
            return os.path.samestat(os.fstat(self._handle), self.path.stat())
        except FileNotFoundError:
            return False

    def _open_file(self) -> int:
        """Open the file for appending and return its descriptor."""
        with contextlib.suppress(FileExistsError):
            return create_file(self.path, flags=_LOG_FLAGS)
        # O_CREAT, as another process may have moved the file away meanwhile.
        return os.open(self.path, _LOG_FLAGS | os.O_CREAT, PRIVATE_FILE_MODE)


class _NullLog:
    """Discard every line."""

    def write(self, line: str) -> None:
        """Discard a line."""

    debug = info = warning = error = critical = write


class _LibraryHandler(logging.Handler):
    """Receive the records of libraries, which would otherwise go to stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a record on to the log."""
        logger = get_logger(record.name)
        # Libraries may use levels in between; structlog knows only the standard ones.
        level = max(logging.DEBUG, min(record.levelno, logging.CRITICAL)) // 10 * 10
        logger.log(level, record.getMessage(), exc_info=record.exc_info or None)


def open_log(path: Path, level: str = "info") -> LogFile:
    """Log to a file from now on, warnings of libraries included.

    Args:
        path: The log file.
        level: Lowest level that is logged.

    Raises:
        OSError: The file cannot be opened.
    """
    file = LogFile(path)
    _configure_structlog(file, level)
    _capture_library_logs(True)
    return file


def close_log(file: LogFile) -> None:
    """Log nothing from now on, and close the file."""
    _capture_library_logs(False)
    _configure_structlog(_NullLog(), "critical")
    file.close()


def log_error(part: str, event: str, error: Exception, path: Path | None) -> None:
    """Log an error with its traceback, in the open log or else in a file.

    Args:
        part: Part of the program.
        event: What happened, in a few words.
        error: The error.
        path: File to use if no log is open; None for none.
    """
    log = None
    if path is not None and not _is_log_open():
        with contextlib.suppress(OSError):
            log = open_log(path)
    get_logger(part).error(event, exc_info=error)
    if log is not None:
        close_log(log)


def _is_log_open() -> bool:
    """Return whether a log file is open."""
    return any(isinstance(h, _LibraryHandler) for h in logging.getLogger().handlers)


def _capture_library_logs(enabled: bool) -> None:
    """Send warnings of libraries to the log, or back to where Python sends them by default."""
    root = logging.getLogger()
    for handler in [old for old in root.handlers if isinstance(old, _LibraryHandler)]:
        root.removeHandler(handler)
    if enabled:
        root.addHandler(_LibraryHandler(logging.WARNING))
    logging.captureWarnings(enabled)


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return a logger for one part of the program; it is silent until `open_log` is called."""
    if not structlog.is_configured():
        _configure_structlog(_NullLog(), "critical")
    return cast(structlog.typing.FilteringBoundLogger, structlog.get_logger(part=name))


def _configure_structlog(file: LogFile | _NullLog, level: str) -> None:
    """Send the lines of every logger to one place."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _mask_event,
            structlog.processors.JSONRenderer(_dump_event),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: file,
        cache_logger_on_first_use=False,
    )
