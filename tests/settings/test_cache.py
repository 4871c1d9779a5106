"""Test the settings cache: used only while valid, without secrets, and never an obstacle."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tui.settings.cache as cache
import tui.settings.load as load
from tui.domain.account import Account
from tui.settings.cache import read_preferences
from tui.settings.cached_values import from_json_data, to_json_data
from tui.settings.errors import SettingsError
from tui.settings.paths import find_cache_file
from tui.settings.public import NotificationPreferences, Preferences
from tui.settings.values import ListenAddress, QuietHours

FILE = """
theme = "light"
[accounts.au]
provider = "messagemedia"
title = "Support"
api_key = "the-key"
api_secret_file = "~/au.secret"
hook_secret = "the-hook-secret"
"""


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """Return a list that grows by one whenever the settings are really read and validated."""
    seen: list[Path | None] = []
    really = load.load_preferences

    def counted(
        environ: dict[str, str], config: Path | None = None
    ) -> tuple[Preferences, tuple[Path, ...]]:
        seen.append(config)
        return really(environ, config)

    monkeypatch.setattr(load, "load_preferences", counted)
    return seen


@pytest.fixture
def settings_file(config: Path, tmp_path: Path) -> Path:
    """Return the settings file with an account."""
    config.write_text(FILE)
    config.chmod(0o600)
    (tmp_path / "au.secret").write_text("the-secret")
    return config


def test_settings_are_validated_once_and_cached(
    environ: dict[str, str], settings_file: Path, loads: list[Path | None]
) -> None:
    first = read_preferences(environ)
    assert first.theme == "light"
    assert first.accounts == (Account("au", "messagemedia", "Support", listener=True),)
    assert read_preferences(environ) == first
    assert len(loads) == 1


def test_cached_settings_import_no_validation(environ: dict[str, str], settings_file: Path) -> None:
    read_preferences(environ)
    code = (
        "import os, sys\nfrom tui.settings.cache import read_preferences\n"
        "assert read_preferences(os.environ).theme == 'light'\n"
        "print([name for name in ('pydantic', 'tomllib', 'platformdirs') if name in sys.modules])"
    )
    clean = {"PYTHONPATH": str(Path(cache.__file__).parents[2]), **environ}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=clean, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


def test_no_secret_is_in_the_cache(environ: dict[str, str], settings_file: Path) -> None:
    environ["SMSDESK_ACCOUNTS__AU__SIGNATURE_KEY"] = "the-public"
    read_preferences(environ)
    text = find_cache_file(environ).read_text()
    assert "Support" in text
    for word in ("the-key", "the-secret", "the-hook-secret", "the-public"):
        assert word not in text


def test_the_cache_file_is_private(environ: dict[str, str], settings_file: Path) -> None:
    read_preferences(environ)
    cache_file = find_cache_file(environ)
    assert cache_file.stat().st_mode & 0o777 == 0o600
    assert cache_file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in cache_file.parent.iterdir()] == [cache_file.name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMSDESK_THEME", "dark"),
        ("SMSDESK_ACCOUNTS__AU__API_KEY", "another"),
        ("LOGNAME", "tom"),
        ("XDG_DATA_HOME", "/srv"),
    ],
)
def test_a_changed_variable_invalidates_the_cache(
    environ: dict[str, str], settings_file: Path, loads: list[Path | None], name: str, value: str
) -> None:
    read_preferences(environ)
    environ[name] = value
    read_preferences(environ)
    read_preferences(environ)
    assert len(loads) == 2


def test_an_unrelated_variable_does_not_invalidate_the_cache(
    environ: dict[str, str], settings_file: Path, loads: list[Path | None]
) -> None:
    read_preferences(environ)
    environ["TERM"] = "xterm"
    read_preferences(environ)
    assert len(loads) == 1


def test_a_changed_file_is_read_again_even_at_the_same_time_and_size(
    environ: dict[str, str], settings_file: Path, loads: list[Path | None]
) -> None:
    before = settings_file.stat()
    read_preferences(environ)
    settings_file.write_text(FILE.replace("Support", "Summary"))
    os.utime(settings_file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert read_preferences(environ).accounts[0].title == "Summary"
    assert len(loads) == 2


def test_the_warning_ends_when_the_file_is_private(
    environ: dict[str, str], settings_file: Path
) -> None:
    settings_file.chmod(0o644)
    assert read_preferences(environ).warnings
    settings_file.chmod(0o600)
    assert not read_preferences(environ).warnings


def test_a_changed_secret_file_invalidates_the_cache(
    environ: dict[str, str], settings_file: Path, tmp_path: Path, loads: list[Path | None]
) -> None:
    read_preferences(environ)
    os.utime(tmp_path / "au.secret", ns=(1, 1))
    read_preferences(environ)
    (tmp_path / "au.secret").unlink()
    read_preferences(environ)
    assert len(loads) == 3


def test_another_settings_file_has_its_own_cache(
    environ: dict[str, str], settings_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.toml"
    other.write_text('theme = "terminal"\n')
    assert read_preferences(environ).theme == "light"
    assert read_preferences(environ, other).theme == "terminal"
    assert read_preferences(environ).theme == "light"


def test_another_version_invalidates_the_cache(
    environ: dict[str, str],
    settings_file: Path,
    loads: list[Path | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_preferences(environ)
    monkeypatch.setattr(cache, "__version__", "999")
    read_preferences(environ)
    assert len(loads) == 2


def test_wrong_settings_are_never_cached(environ: dict[str, str], settings_file: Path) -> None:
    read_preferences(environ)
    settings_file.write_text("theme = 1\n")
    for _ in range(2):
        with pytest.raises(SettingsError):
            read_preferences(environ)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(rubbish=st.binary(max_size=200))
def test_an_unreadable_cache_is_ignored(
    environ: dict[str, str], settings_file: Path, rubbish: bytes
) -> None:
    find_cache_file(environ).parent.mkdir(parents=True, exist_ok=True)
    find_cache_file(environ).write_bytes(rubbish)
    assert read_preferences(environ).theme == "light"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(data=st.data())
def test_a_cache_with_one_changed_byte_is_ignored(
    environ: dict[str, str], settings_file: Path, data: st.DataObject
) -> None:
    desk = read_preferences(environ)
    whole = bytearray(find_cache_file(environ).read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    find_cache_file(environ).write_bytes(whole)
    assert read_preferences(environ) == desk


@pytest.mark.parametrize("body", ["null", "[]", '{"fingerprint": 1}', "[" * 100_000])
def test_a_cache_in_another_format_is_ignored(
    environ: dict[str, str], settings_file: Path, body: str
) -> None:
    find_cache_file(environ).parent.mkdir(parents=True)
    find_cache_file(environ).write_text(body)
    assert read_preferences(environ).theme == "light"


def test_a_signed_cache_in_another_format_is_ignored(
    environ: dict[str, str], settings_file: Path
) -> None:
    read_preferences(environ)
    content = json.loads(find_cache_file(environ).read_text())
    (inner,) = content["preferences"].values()
    inner["colour"] = "red"
    body = {name: content[name] for name in ("preferences", "watched")}
    content["seal"] = cache._compute_checksum(content["fingerprint"], body)
    find_cache_file(environ).write_text(json.dumps(content))
    assert read_preferences(environ).theme == "light"


def test_an_unwritable_state_directory_disables_the_cache(
    environ: dict[str, str], settings_file: Path, tmp_path: Path, loads: list[Path | None]
) -> None:
    (tmp_path / "state").write_text("a file where the directory should be")
    environ["XDG_STATE_HOME"] = str(tmp_path / "state")
    assert read_preferences(environ) == read_preferences(environ)
    assert len(loads) == 2


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_state_directory_disables_the_cache(
    environ: dict[str, str], settings_file: Path, tmp_path: Path
) -> None:
    (tmp_path / ".local").mkdir(mode=0o500)
    assert read_preferences(environ).theme == "light"


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
tables = st.dictionaries(words, st.lists(words).map(tuple), max_size=2)


@given(
    st.builds(
        Preferences,
        database=st.just(Path("/a/b.db")),
        agent=words,
        ascii=st.none() | st.booleans(),
        quiet_hours=st.none() | st.builds(QuietHours, st.integers(0, 23), st.integers(0, 23)),
        listen=st.none() | st.builds(ListenAddress, words, st.integers(0, 65535)),
        keys=tables,
        secrets_dir=st.none() | st.just(Path("/run/secrets")),
        notifications=st.builds(
            NotificationPreferences, st.booleans(), st.booleans(), st.just(1.5)
        ),
        opt_out_words=tables,
        accounts=st.lists(
            st.builds(Account, words, words, words, st.lists(words).map(tuple), words)
        ).map(tuple),
        warnings=st.lists(words).map(tuple),
    )
)
def test_cached_values_are_restored_from_json(desk: Preferences) -> None:
    assert from_json_data(json.loads(json.dumps(to_json_data(desk)))) == desk
