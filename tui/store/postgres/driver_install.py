"""Say how to install the driver of the database server where it is missing.

Most desks keep their inbox in a file, so the driver is an extra. The command that adds it depends
on how smsdesk was installed.
"""

import importlib.util
import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tui.store.errors import CannotOpen

_REQUIREMENT = "psycopg[binary]>=3.3,<4"
"""As the extra `postgres` of the package says; a test compares them."""
_OLDEST = (3, 3)
_PACKAGE = "smsdesk"


def require_driver() -> None:
    """Import the driver.

    Raises:
        CannotOpen: It is not installed or too old; the text names the command that installs it.
    """
    try:
        import psycopg

        version = psycopg.__version__
    except ImportError:  # also without the library that it needs: `psycopg` without `[binary]`
        found = "is not installed"
    else:
        if tuple(int(part) for part in version.split(".")[:2]) >= _OLDEST:
            return
        found = f"is too old ({version})"
    command = format_install_command(Path(sys.prefix), Path(sys.executable))
    raise CannotOpen(
        f"The inbox is on a PostgreSQL server, and the driver for it {found}: run {command}"
    )


def format_install_command(prefix: Path, python: Path) -> str:
    """Return the command that installs the driver where smsdesk runs.

    Args:
        prefix: Folder of the environment that smsdesk is installed in.
        python: Program that runs it.
    """
    if (prefix / "pipx_metadata.json").exists():
        return shlex.join(["pipx", "inject", prefix.name, _REQUIREMENT])
    if (prefix / "uv-receipt.toml").exists():
        return shlex.join(["uv", "tool", "install", "--with", _REQUIREMENT, _find_source()])
    if importlib.util.find_spec("pip") is None:
        return shlex.join(["uv", "pip", "install", "--python", str(python), _REQUIREMENT])
    return shlex.join([str(python), "-m", "pip", "install", _REQUIREMENT])


def _find_source() -> str:
    """Return what smsdesk was installed from: a folder, or its name at the package index."""
    try:
        text = distribution(_PACKAGE).read_text("direct_url.json") or ""
    except PackageNotFoundError:
        return _PACKAGE
    import json

    url = str(json.loads(text)["url"]) if text else ""
    if not url.startswith("file:"):
        return url or _PACKAGE
    return unquote(urlsplit(url).path)
