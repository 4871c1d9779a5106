"""Write the log to a file as JSON lines, with secrets and phone numbers masked.

It never appears on the screen: until `open_log` is called nothing is logged anywhere, as a line
on stdout or stderr would appear in the middle of the inbox.
"""

import contextlib
import fcntl
import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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


class _OpenLog:
    """Where the lines of every logger go now."""

    file: LogFile | None = None
    level = logging.CRITICAL


class Logger:
    """Write the events of one part of the program to the open log; silent if there is none."""

    def __init__(self, part: str) -> None:
        """Keep the name of the `part`."""
        self._part = part

    def log(self, level: int, event: str, *, exc_info: Any = None, **details: Any) -> None:
        """Write an event if its level is logged.

        Args:
            level: Level as in `logging`.
            event: What happened, in a few words.
            exc_info: An error whose traceback is added, or True for the one that is handled.
            details: Values by name.
        """
        if _OpenLog.file is None or level < _OpenLog.level:
            return
        entry = {"part": self._part, **details, "event": event, "level": _get_level_name(level)}
        entry["timestamp"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        if exc_info:
            entry["exception"] = _format_traceback(exc_info)
        _OpenLog.file.write(_dump_event(entry))

    def info(self, event: str, **details: Any) -> None:
        """Write an event of everyday life."""
        self.log(logging.INFO, event, **details)

    def warning(self, event: str, **details: Any) -> None:
        """Write an event that may need attention."""
        self.log(logging.WARNING, event, **details)

    def error(self, event: str, **details: Any) -> None:
        """Write an event that needs attention."""
        self.log(logging.ERROR, event, **details)


def _get_level_name(level: int) -> str:
    """Return the name of the standard level at or below a level of a library."""
    standard = max(logging.DEBUG, min(level, logging.CRITICAL)) // 10 * 10
    return logging.getLevelName(standard).lower()


def _format_traceback(exc_info: Any) -> str:
    """Return the traceback of an error, of the three values about one, or of the one handled."""
    if isinstance(exc_info, BaseException):
        error = exc_info
    else:
        error = (exc_info if isinstance(exc_info, tuple) else sys.exc_info())[1]
    return "".join(traceback.format_exception(error)).rstrip("\n")


def _dump_event(event: Mapping[str, Any]) -> str:
    """Return an event masked, as JSON that is harmless in a terminal; scripts stay readable."""
    masked = {
        key: value if key in _UNMASKED else mask_value(value, key) for key, value in event.items()
    }
    return to_json_line(masked, ascii=False)


class _LibraryHandler(logging.Handler):
    """Receive the records of libraries, which would otherwise go to stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a record on to the log."""
        logger = get_logger(record.name)
        logger.log(record.levelno, record.getMessage(), exc_info=record.exc_info)


def open_log(path: Path, level: str = "info") -> LogFile:
    """Log to a file from now on, warnings of libraries included.

    Args:
        path: The log file.
        level: Lowest level that is logged.

    Raises:
        OSError: The file cannot be opened.
    """
    file = LogFile(path)
    _OpenLog.file, _OpenLog.level = file, logging.getLevelNamesMapping()[level.upper()]
    _capture_library_logs(True)
    return file


def close_log(file: LogFile) -> None:
    """Log nothing from now on, and close the file."""
    _capture_library_logs(False)
    _OpenLog.file = None
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


def get_logger(part: str) -> Logger:
    """Return a logger for one part of the program; it is silent until `open_log` is called."""
    return Logger(part)
