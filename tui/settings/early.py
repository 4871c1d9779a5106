"""The desk's settings without the cost of validating them again: for the first paint and scripts.

Validation imports more than the rest of a short command together. So what was found right is
written to a small stamp in the state directory, beside a fingerprint of all that it was made from.
As long as the fingerprint is the same, the stamp is the answer. No secret is in it, and a stamp
that is missing, damaged or not writable only costs time.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tui import __version__
from tui.settings.desk import Desk, from_plain, to_plain
from tui.settings.files import write_private
from tui.settings.paths import PATH_VARIABLES, config_file, stamp_file

PREFIX = "SMSDESK_"
_OTHER_VARIABLES = (
    *PATH_VARIABLES,
    "CREDENTIALS_DIRECTORY",
    "LOGNAME",
    "USER",
)


def read_desk(environ: Mapping[str, str], config: Path | None = None) -> Desk:
    """The desk-level settings; raises `SettingsError`. `config` stands for SMSDESK_CONFIG."""
    fingerprint = _fingerprint(environ, config)
    return _stamped(stamp_file(environ), fingerprint) or _loaded(environ, config, fingerprint)


def _loaded(environ: Mapping[str, str], config: Path | None, fingerprint: str) -> Desk:
    """Validate everything, and remember the outcome."""
    from tui.settings.load import load_desk

    desk, watched = load_desk(environ, config)
    body = {"desk": to_plain(desk), "watched": _moments(watched)}
    stamp = {"fingerprint": fingerprint, "seal": _seal(fingerprint, body), **body}
    with suppress(OSError):
        write_private(stamp_file(environ), json.dumps(stamp))
    return desk


def _stamped(path: Path, fingerprint: str) -> Desk | None:
    """The desk in the stamp, if it is sound and still true."""
    try:
        stamp = json.loads(path.read_bytes())
        body = {"desk": stamp["desk"], "watched": stamp["watched"]}
        if stamp["fingerprint"] != fingerprint or stamp["seal"] != _seal(fingerprint, body):
            return None
        if body["watched"] != _moments(map(Path, body["watched"])):
            return None
        return from_plain(body["desk"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _fingerprint(environ: Mapping[str, str], config: Path | None) -> str:
    """A digest of the settings file and of every variable that matters."""
    path, _ = config_file(environ, config)
    names = sorted(name for name in environ if name.upper().startswith(PREFIX))
    parts = [__version__, str(path), str(config), str(os.getuid())]
    parts += [f"{name}={environ.get(name)}" for name in (*names, *_OTHER_VARIABLES)]
    parts += _moments([Path(__file__).with_name("models.py")]).values()
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape"))
    digest.update(_content(path))
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    """The settings file and who may read it; empty when there is none."""
    try:
        return str(path.stat().st_mode).encode() + path.read_bytes()
    except OSError:
        return b""


def _moments(paths: Iterable[Path]) -> dict[str, str]:
    """When each file was last changed; empty for one that is not there."""
    return {str(path): _moment(path) for path in paths}


def _moment(path: Path) -> str:
    """When a file was last changed."""
    try:
        return str(path.stat().st_mtime_ns)
    except OSError:
        return ""


def _seal(fingerprint: str, body: Mapping[str, Any]) -> str:
    """A digest that shows whether a stamp was written whole and left alone."""
    text = fingerprint + json.dumps(body, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
