"""Test that stored payloads contain no secrets, whatever they contain."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tui.providers.masking import SecretMask, digest_parts

SECRET = "p&ss w0rd/+"


def test_a_secret_is_masked_in_every_encoding() -> None:
    mask = SecretMask(SECRET)
    for echo in ("p&ss w0rd/+", "p%26ss%20w0rd%2F%2B", "p%26ss+w0rd%2F%2B"):
        assert mask.mask_text(f"see {echo}!") == "see ***!"


def test_a_secret_is_masked_everywhere_in_a_payload() -> None:
    payload = {"a": [SECRET, {"b": SECRET}], SECRET: 1, "_password": "other", "n": 7, "ok": True}
    kept = SecretMask(SECRET).mask_payload(payload)
    assert json.loads(kept) == {
        "a": ["***", {"b": "***"}],
        "***": 1,
        "_password": "***",
        "n": 7,
        "ok": True,
    }


def test_an_empty_secret_masks_nothing() -> None:
    assert SecretMask("").mask_text("as it was") == "as it was"


def test_a_very_deep_payload_is_cut() -> None:
    deep: object = "end"
    for _ in range(5_000):
        deep = [deep]
    assert "end" not in SecretMask(SECRET).mask_payload(deep)


def test_the_parts_of_a_digest_are_separated() -> None:
    assert digest_parts("ab", "c") != digest_parts("a", "bc")
    assert digest_parts("a", "b") == digest_parts("a", "b")
    assert len(digest_parts("\ud800")) == 64


@given(st.text(min_size=4), st.text(), st.text())
def test_a_masked_payload_has_no_secret_and_can_be_stored(
    secret: str, before: str, after: str
) -> None:
    kept = SecretMask(secret).mask_payload({"x": [before + secret + after]})
    kept.encode()
    [text] = json.loads(kept)["x"]
    assert secret not in text or secret in "***"
