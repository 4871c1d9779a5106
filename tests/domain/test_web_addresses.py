"""Test which addresses send their secrets in the clear to another machine."""

import pytest

from tui.domain.web_addresses import is_unencrypted

LOCAL = ["127.0.0.1", "127.0.0.1:9", "127.255.3.4", "localhost", "LOCALHOST:80", "localhost."]
LOCAL += ["[::1]", "[::1]:8080", "[::ffff:127.0.0.1]"]
REMOTE = ["sms.example.com", "10.0.0.1", "192.168.1.5:80", "[fe80::1]", "0.0.0.0", "localhost.evil"]
REMOTE += ["127.0.0.1.evil.test", "[::ffff:10.0.0.1]", "128.0.0.1", "localhosts"]


@pytest.mark.parametrize("host", LOCAL)
@pytest.mark.parametrize("scheme", ["http", "HTTP", "https"])
def test_this_machine_needs_no_encryption(scheme: str, host: str) -> None:
    assert not is_unencrypted(f"{scheme}://{host}/api")


@pytest.mark.parametrize("host", REMOTE)
@pytest.mark.parametrize(("scheme", "expected"), [("http", True), ("HtTp", True), ("https", False)])
def test_other_machines_do(scheme: str, host: str, expected: bool) -> None:
    assert is_unencrypted(f"{scheme}://{host}/api") is expected


@pytest.mark.parametrize("text", ["", "sms.example.com", "http://[", "ftp://x"])
def test_what_is_no_web_address_is_no_question_of_encryption(text: str) -> None:
    assert not is_unencrypted(text)
