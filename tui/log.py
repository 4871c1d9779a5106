"""Write the log to a file as JSON lines, with secrets and phone numbers masked.

It never appears on the screen: until `open_log` is called nothing is logged anywhere, as a line
on stdout or stderr would appear in the middle of the inbox.
"""

import contextlib
import fcntl
import logging
import os
import re
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
_OWN_PREFIX = "smsdesk."
"""Before the name of a part in the name of its logger."""
_own_root = logging.getLogger(_OWN_PREFIX.rstrip("."))
_own_root.propagate = False
_own_root.addHandler(logging.NullHandler())  # otherwise Python would write errors to stderr


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


class _FileHandler(logging.Handler):
    """Write records to the log file as JSON, harmless in a terminal; every script is readable."""

    def __init__(self, file: LogFile, level: int) -> None:
        """Write to a file.

        Args:
            file: Open log file.
            level: Lowest level that is written.
        """
        super().__init__(level)
        self._file = file

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, with everything private masked."""
        # Libraries may use levels in between.
        level = max(logging.DEBUG, min(record.levelno, logging.CRITICAL)) // 10 * 10
        at = datetime.fromtimestamp(record.created, UTC)
        event = {
            "part": record.name.removeprefix(_OWN_PREFIX),
            **getattr(record, "details", {}),
            "event": record.getMessage(),
            "level": logging.getLevelName(level).lower(),
            "timestamp": at.isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info:
            event["exception"] = logging.Formatter().formatException(record.exc_info)
        masked = {
            key: value if key in _UNMASKED else mask_value(value, key)
            for key, value in event.items()
        }
        self._file.write(to_json_line(masked, ascii=False))


def open_log(path: Path, level: str = "info") -> LogFile:
    """Log to a file from now on, and no longer to another one; warnings of libraries too.

    Args:
        path: The log file.
        level: Lowest level that is logged.

    Raises:
        OSError: The file cannot be opened.
    """
    file = LogFile(path)
    number = logging.getLevelNamesMapping()[level.upper()]
    _remove_handlers()
    _own_root.setLevel(number)
    _own_root.addHandler(_FileHandler(file, number))
    logging.getLogger().addHandler(_FileHandler(file, logging.WARNING))
    logging.captureWarnings(True)
    return file


def close_log(file: LogFile) -> None:
    """Log nothing from now on, and close the file."""
    logging.captureWarnings(False)
    _remove_handlers()
    file.close()


def _remove_handlers() -> None:
    """Let nothing more be written to the file that is open."""
    for logger in (_own_root, logging.getLogger()):
        for handler in [one for one in logger.handlers if isinstance(one, _FileHandler)]:
            logger.removeHandler(handler)


def log_event(
    part: str,
    event: str,
    *,
    level: int = logging.INFO,
    error: BaseException | None = None,
    **details: Any,
) -> None:
    """Log an event; nothing happens until `open_log` is called.

    Args:
        part: Part of the program.
        event: What happened, in a few words.
        level: Level as in `logging`; an event with an error has the level of errors.
        error: An error whose traceback is added; None for none.
        details: Values by name.
    """
    logger = logging.getLogger(f"{_OWN_PREFIX}{part}")
    level = level if error is None else logging.ERROR
    logger.log(level, event, exc_info=error, extra={"details": details})


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
    log_event(part, event, error=error)
    if log is not None:
        close_log(log)


def _is_log_open() -> bool:
    """Return whether a log file is open."""
    return any(isinstance(one, _FileHandler) for one in _own_root.handlers)
