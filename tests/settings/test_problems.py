"""Test that every error in the settings is one line that names the key as it was written."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.providers.catalog import CATALOG
from tui.settings.accounts import ACCOUNT_MODELS
from tui.settings.errors import SettingsError
from tui.settings.load import load_preferences
from tui.settings.models import Settings

PROVIDERS = ", ".join(CATALOG)
AU = '[accounts.au]\nprovider = "messagemedia"\napi_key = "k"\napi_secret = "s"\n'
SECRET = "sup3r-s3cret"

fields = sorted(
    {*Settings.model_fields, *(f for m in ACCOUNT_MODELS.values() for f in m.model_fields)}
)
words = st.sampled_from(["ACCOUNTS", "AU", "NOTIFICATIONS", "", *(f.upper() for f in fields)])
names = st.lists(words, min_size=1, max_size=4).map(lambda parts: "SMSDESK_" + "__".join(parts))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def list_error_lines(environ: dict[str, str]) -> tuple[str, ...]:
    """Return the error lines about settings that cannot be used."""
    with pytest.raises(SettingsError) as caught:
        load_preferences(environ)
    return caught.value.lines


@pytest.mark.parametrize(
    "text",
    [
        'keys.close = ""',
        'keys.close = ["e", "ctrl+w", "f11", "g y", "ä", "=", "ctrl+full_stop", "shift+f5"]',
        'keys = {close = "r", reply = "e"}',
        'keys.send = "r"',
    ],
)
def test_valid_keys_are_accepted(environ: dict[str, str], config: Path, text: str) -> None:
    config.write_text(text)
    desk, _ = load_preferences(environ)
    assert desk.keys


@pytest.mark.parametrize(
    ("text", "key", "rest"),
    [
        ('theem = "dark"', "theem", "is not a setting; did you mean theme?"),
        (
            'theme = "drak"',
            "theme",
            'must be one of dark, light, high-contrast, terminal; did you mean "dark"?',
        ),
        ("theme = 1", "theme", "must be one of dark, light, high-contrast, terminal"),
        ('ascii = "perhaps"', "ascii", "must be true or false"),
        ("agent = 7", "agent", "must be text; put it in quotes"),
        ("agent = '" + "x" * 41 + "'", "agent", "should have at most 40 characters"),
        ("grace_seconds = -1", "grace_seconds", "must be at least 0"),
        ("grace_seconds = 301", "grace_seconds", "must be at most 300"),
        ('grace_seconds = "soon"', "grace_seconds", "must be a number"),
        ("silent_after_minutes = 1.5", "silent_after_minutes", "must be a whole number"),
        ("database = 1", "database", "must be a path; put it in quotes"),
        ('default_region = "Australia"', "default_region", "must be a two-letter country"),
        ('quiet_hours = "8-8"', "quiet_hours", "must be two different hours"),
        ('quiet_hours = "20-24"', "quiet_hours", "must be two different hours"),
        ('listen = "8080"', "listen", "must be HOST:PORT"),
        ('listen = "::1:8080"', "listen", "needs brackets around an IPv6 host"),
        ('listen = "localhost:99999"', "listen", "must be HOST:PORT"),
        ('public_url = "desk.example"', "public_url", "must be an address like"),
        ('keys = "{"', "keys", "is not valid JSON"),
        ("keys.close = 5", "keys.close", "must be text; put it in quotes"),
        ('keys.clse = "e"', "keys.clse", "is not a command; did you mean close?"),
        ('keys.zzzzzz = "e"', "keys.zzzzzz", "is not a command; smsdesk help keys"),
        ('keys.close = "e, ctrl+"', "keys.close", 'has no key "ctrl+"; write keys like'),
        ('keys.close = "contrl+w"', "keys.close", 'has no key "contrl+w"; write keys like'),
        ('keys.close = "x y"', "keys.close", 'has no key "x y"; write keys like'),
        ('keys.close = "r"', "keys", 'would make "r" both reply and close; give one of'),
        ('keys.close = "/"', "keys", 'would make "slash" both filter and close; give one'),
        ('keys.close = "g"', "keys", 'would make "g" both the key that waits for a second'),
        ("notifications = 1", "notifications", "must be a table"),
        (
            "notifications.bel = true",
            "notifications.bel",
            "is not a setting; did you mean bell?",
        ),
        ('opt_out_words.Poland = ["x"]', "opt_out_words", "has a key that is neither"),
        ("accounts = 3", "accounts", "must be a table"),
        ("accounts.au = 3", "accounts.au", "must be a table"),
        (
            '[accounts."Ana\'s"]\nprovider = "messente"\napi_key = "k"\napi_secret = "s"',
            "accounts",
            'cannot have an account named "Ana\'s"; use lower-case a-z, digits, - and _',
        ),
        (
            "[accounts.au]\n",
            "accounts.au.provider",
            f"is missing; add it, or set SMSDESK_ACCOUNTS__AU__PROVIDER (one of {PROVIDERS})",
        ),
        (
            '[accounts.au]\nprovider = "mesente"',
            "accounts.au.provider",
            f'must be one of {PROVIDERS}; did you mean "messente"?',
        ),
        (
            '[accounts.au]\nprovider = "messente"\napi_secret = "s"',
            "accounts.au.api_key",
            "is missing; add it, or set SMSDESK_ACCOUNTS__AU__API_KEY",
        ),
        (
            '[accounts.au]\nprovider = "messente"\napi_key = "k"',
            "accounts.au",
            "has no secret; add api_secret, api_secret_file or api_secret_keyring = true",
        ),
        (AU + 'api_secret_file = "x"', "accounts.au", "has its secret in several places"),
        (AU + "api_sekret = 1", "accounts.au.api_sekret", "is not a setting; did you mean api_se"),
        (AU + "xyz = 1", "accounts.au.xyz", "is not a setting; known here: allow_http, api_key, "),
        (
            AU + 'theme = "dark"',
            "accounts.au.theme",
            "is a top-level setting; move it above the first [table] of the file",
        ),
        (AU + "senders = [61491570110]", "accounts.au.senders", "must be text; put it in quotes"),
        (AU + 'hook_secret = "a/b/c/d/e"', "accounts.au.hook_secret", "must be 8 to 128 of a-z"),
        (AU + 'base_url = "https://x/?a=b"', "accounts.au.base_url", "must be an address like"),
        (AU + 'base_url = "https://[x"', "accounts.au.base_url", "must be an address like"),
        (AU + 'base_url = "https://a\\tb"', "accounts.au.base_url", "must be an address like"),
        (AU + 'base_url = "https://a b"', "accounts.au.base_url", "must be an address like"),
        *(
            (AU + f'charset = "{name}"', "accounts.au.charset", 'must be a charset like "windows-1')
            for name in ("windows-1249", "base64", "utf-16", "")
        ),
        (AU + 'auth = "hmac"', "accounts.au.auth", "must be one of basic, hmac-sha256, hmac-sha1"),
        (
            '[accounts.pl]\nprovider = "serwersms"\napi_key = "k"\napi_token = "t"',
            "accounts.pl",
            "needs either api_key with api_secret, or api_token alone",
        ),
        (
            '[accounts.pl]\nprovider = "serwersms"\napi_token = "t"\ntime_zone = "Mars/Base"',
            "accounts.pl.time_zone",
            'must be a time zone like "Europe/Warsaw"',
        ),
        (
            '[accounts.sw]\nprovider = "smartswitch"\napi_key = "k"\napi_secret = "s"',
            "accounts.sw.base_url",
            "is missing; add it, or set SMSDESK_ACCOUNTS__SW__BASE_URL",
        ),
        (
            '[accounts.sw]\nprovider = "smartswitch"\napi_key = "k"\napi_secret = "s"\n'
            'base_url = "https://sw.example/api"\nreply_fields.bod = "x"',
            "accounts.sw.reply_fields.bod",
            "is not a setting; did you mean body?",
        ),
    ],
)
def test_a_wrong_line_in_the_file_is_named_with_its_fix(
    environ: dict[str, str], config: Path, text: str, key: str, rest: str
) -> None:
    config.write_text(text + "\n")
    (line,) = list_error_lines(environ)
    assert line.startswith(f"{key} in {config}: {rest}")


@pytest.mark.parametrize(
    ("name", "value", "rest"),
    [
        ("SMSDESK_THEEM", "dark", "is not a setting; did you mean SMSDESK_THEME?"),
        ("SMSDESK_THEME", "drak", "must be one of"),
        ("SMSDESK_LISTEN", "8080", "must be HOST:PORT"),
        ("SMSDESK_ACCOUNTS", "x", "must be a table"),
        (
            "SMSDESK_ACCOUNTS__AU__API_SEKRET",
            SECRET,
            "is not a setting; did you mean SMSDESK_ACCOUNTS__AU__API_SECRET?",
        ),
        ("SMSDESK_ACCOUNTS__AU__HOOK_SECRET", f"{SECRET}!", "must be 8 to 128 of a-z"),
        ("SMSDESK_ACCOUNTS__AU__SENDERS__X", "1", "must be a list"),
        ("SMSDESK_ACCOUNTS__AU__SENDERS", "[1", "is not valid JSON"),
    ],
)
def test_a_wrong_variable_is_named_as_it_was_set(
    environ: dict[str, str], config: Path, name: str, value: str, rest: str
) -> None:
    config.write_text(AU if "ACCOUNTS__" in name else "")
    environ[name] = value
    (line,) = list_error_lines(environ)
    assert line.startswith(f"{name}: {rest}")
    assert SECRET not in line


def test_a_variable_of_an_unknown_table_suggests_the_likely_table(
    environ: dict[str, str],
) -> None:
    environ["SMSDESK_ACCOUNT__AU__API_KEY"] = "k"
    assert list_error_lines(environ) == (
        "SMSDESK_ACCOUNT__AU__API_KEY: is not a setting; did you mean SMSDESK_ACCOUNTS?",
    )


def test_a_missing_key_of_an_account_in_the_environment_is_named_as_a_variable(
    environ: dict[str, str],
) -> None:
    environ["SMSDESK_ACCOUNTS__AU__API_KEY"] = "k"
    assert list_error_lines(environ) == (
        f"SMSDESK_ACCOUNTS__AU__PROVIDER: is missing; set it (one of {PROVIDERS})",
    )


def test_a_variable_below_one_that_has_a_value_is_refused(environ: dict[str, str]) -> None:
    environ |= {"SMSDESK_KEYS": "{}", "SMSDESK_KEYS__CLOSE": "e"}
    assert list_error_lines(environ) == (
        "SMSDESK_KEYS__CLOSE: stands below another variable that has a value",
    )


def test_a_wrong_secret_file_is_named_by_its_path(
    environ: dict[str, str], config: Path, tmp_path: Path
) -> None:
    config.write_text(AU)
    environ["SMSDESK_SECRETS_DIR"] = str(tmp_path)
    (tmp_path / "au__hook_secret").write_text(f"{SECRET}/x")
    (line,) = list_error_lines(environ)
    assert line.startswith(f"{tmp_path}/au__hook_secret: must be 8 to 128 of a-z")


def test_a_secret_file_that_is_not_text_is_named(
    environ: dict[str, str], config: Path, tmp_path: Path
) -> None:
    config.write_text(AU)
    environ["SMSDESK_SECRETS_DIR"] = str(tmp_path)
    (tmp_path / "au__api_secret").write_bytes(b"\xff\xfe")
    assert list_error_lines(environ) == (f"{tmp_path}/au__api_secret: is not UTF-8 text",)


def test_a_missing_directory_of_secrets_is_named(environ: dict[str, str], tmp_path: Path) -> None:
    environ["SMSDESK_SECRETS_DIR"] = str(tmp_path / "none")
    assert list_error_lines(environ) == (
        f"{tmp_path}/none: cannot be read as the directory of secrets (No such file or directory)",
    )


def test_invalid_toml_is_reported_with_line_and_column(
    environ: dict[str, str], config: Path
) -> None:
    config.write_text('theme = "dark"\nagent = = "x"\n')
    assert list_error_lines(environ) == (f"{config}: line 2, column 9: invalid value",)


def test_a_file_that_is_not_utf_8_is_reported_with_the_byte(
    environ: dict[str, str], config: Path
) -> None:
    config.write_bytes(b'agent = "J\xf6rg"\n')
    assert list_error_lines(environ) == (f"{config}: is not UTF-8 text (byte 10)",)


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is unreadable for root")
def test_a_file_that_may_not_be_read_is_named(environ: dict[str, str], config: Path) -> None:
    config.write_text("")
    config.chmod(0)
    assert list_error_lines(environ) == (f"{config}: cannot be read (Permission denied)",)


def test_a_directory_in_the_place_of_the_file_is_named(
    environ: dict[str, str], config: Path
) -> None:
    config.mkdir()
    assert list_error_lines(environ) == (f"{config}: cannot be read (Is a directory)",)


def test_polling_intervals_in_the_wrong_order_are_refused(
    environ: dict[str, str], config: Path
) -> None:
    config.write_text("poll_min_seconds = 60\n")
    assert list_error_lines(environ) == (
        "poll_min_seconds is more than poll_max_seconds; swap them",
    )


def test_all_problems_are_reported_at_once_and_without_secrets(
    environ: dict[str, str], config: Path
) -> None:
    config.write_text(
        f'theme = 1\n[accounts.au]\nprovider = "messagemedia"\napi_key = ["{SECRET}"]\n'
        f'api_secret = ["{SECRET}"]\nsignature_key = {{ x = "{SECRET}" }}\n'
    )
    lines = list_error_lines(environ)
    assert len(lines) == 4
    assert SECRET not in "".join(lines)


def check_load(environ: dict[str, str]) -> bool:
    """Check that the settings are either read or refused with lines."""
    try:
        load_preferences(environ)
    except SettingsError as error:
        return bool(error.lines) and all(error.lines)
    return True


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    variables=st.dictionaries(names, texts | st.sampled_from([*ACCOUNT_MODELS, "{}", "[]", "1"]))
)
def test_any_variables_are_read_or_refused_with_lines(
    environ: dict[str, str], variables: dict[str, str]
) -> None:
    assert check_load({**variables, **environ})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(content=st.binary(max_size=60))
def test_any_file_is_read_or_refused_with_lines(
    environ: dict[str, str], config: Path, content: bytes
) -> None:
    config.write_bytes(content)
    assert check_load(environ)


@pytest.mark.parametrize(
    "text",
    [
        'secrets_dir = "a\\u0000"',
        'database = "a\\u0000"',
        f"grace_seconds = {'9' * 5000}",
        f"grace_seconds = {'9' * 400}",
        "grace_seconds = nan",
        f"keys = {'[' * 5000}",
        "agent = 2026-03-04",
        "accounts.au.provider = []",
        "accounts.au = []",
        "[[accounts]]",
        "[accounts.au.provider]",
        '[accounts.au]\nprovider = "smartswitch"\nreply_fields = 1',
    ],
)
def test_a_strange_file_is_refused_with_lines(
    environ: dict[str, str], config: Path, text: str
) -> None:
    config.write_text(text)
    assert list_error_lines(environ)[0]
