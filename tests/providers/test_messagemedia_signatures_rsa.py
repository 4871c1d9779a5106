"""RSA signatures: OpenSSL's are accepted, and nothing that only looks like one is."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.providers.messagemedia.signatures import (
    InvalidPublicKey,
    PublicKey,
    is_signature_valid,
    load_public_key,
)

RECORDED = json.loads((Path(__file__).parents[1] / "data/messagemedia/signatures.json").read_text())
MESSAGE = f"POST {RECORDED['path']} HTTP/1.1{RECORDED['date']}{RECORDED['body']}".encode()
KEY = load_public_key(RECORDED["public_key"])
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def signature(digest: str) -> bytes:
    """The recorded signature over the message."""
    return base64.b64decode(RECORDED["signatures"][digest])


@pytest.mark.parametrize("digest", ["SHA-224", "SHA-256", "SHA-512"])
def test_signatures_made_by_openssl_are_accepted(digest: str) -> None:
    assert is_signature_valid(KEY, digest, MESSAGE, signature(digest))


@pytest.mark.parametrize("spelling", ["SHA512", "sha-512", " Sha512 "])
def test_the_digest_is_known_in_every_spelling(spelling: str) -> None:
    assert is_signature_valid(KEY, spelling, MESSAGE, signature("SHA-512"))


def test_a_key_in_pem_lines_is_the_same_key() -> None:
    text = RECORDED["public_key"]
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    pem = "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])
    assert load_public_key(pem) == KEY


@pytest.mark.parametrize(
    ("digest", "message", "signed"),
    [
        ("SHA-256", MESSAGE + b" ", signature("SHA-256")),
        ("SHA-512", MESSAGE, signature("SHA-256")),
        ("SHA-1", MESSAGE, base64.b64decode(RECORDED["sha1_signature"])),
        ("SHA-512", MESSAGE, base64.b64decode(RECORDED["pss_signature"])),
        ("SHA-256", MESSAGE, signature("SHA-256")[1:]),
        ("SHA-256", MESSAGE, b"\0" + signature("SHA-256")),
        ("SHA-256", MESSAGE, b""),
        ("SHA-256", MESSAGE, b"\xff" * KEY.signature_size),
        ("", MESSAGE, signature("SHA-256")),
    ],
)
def test_anything_else_is_refused(digest: str, message: bytes, signed: bytes) -> None:
    assert not is_signature_valid(KEY, digest, message, signed)


def test_a_signature_beyond_the_modulus_is_refused() -> None:
    number = int.from_bytes(signature("SHA-256"), "big") + KEY.modulus
    assert not is_signature_valid(
        KEY, "SHA-256", MESSAGE, number.to_bytes(KEY.signature_size, "big")
    )


def test_a_cube_root_is_no_signature() -> None:
    """A small exponent lets anybody forge where rubbish after the hash is overlooked."""
    key = load_public_key(RECORDED["public_key_exponent_3"])
    start = b"\x00\x01" + b"\xff" * 8 + b"\x00" + SHA256_PREFIX + hashlib.sha256(MESSAGE).digest()
    wanted = int.from_bytes(start + b"\xff" * (key.signature_size - len(start)), "big")
    root = _cube_root(wanted)
    forged = root.to_bytes(key.signature_size, "big")
    assert (root**3).to_bytes(key.signature_size, "big").startswith(start)
    assert not is_signature_valid(key, "SHA-256", MESSAGE, forged)


def _cube_root(number: int) -> int:
    """The largest whole number whose cube is at most `number`."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low


@pytest.mark.parametrize(
    "text",
    [
        "not base64!",
        "ключ",
        "AAAA",
        "",
        RECORDED["elliptic_key"],
        RECORDED["public_key"][:100],
        base64.b64encode(base64.b64decode(RECORDED["public_key"]) + b"\0").decode(),
    ],
)
def test_what_is_no_rsa_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidPublicKey):
        load_public_key(text)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(InvalidPublicKey, match="modulus"):
        load_public_key(_spki(modulus=(1 << 511) + 1, exponent=65_537))


@pytest.mark.parametrize("exponent", [1, 4, -3])
def test_an_exponent_that_proves_nothing_is_refused(exponent: int) -> None:
    with pytest.raises(InvalidPublicKey, match="exponent"):
        load_public_key(_spki(modulus=KEY.modulus, exponent=exponent))


def test_a_key_put_together_here_is_read_back() -> None:
    assert load_public_key(_spki(KEY.modulus, KEY.exponent)) == PublicKey(KEY.modulus, KEY.exponent)


def _spki(modulus: int, exponent: int) -> str:
    """A SubjectPublicKeyInfo with these numbers, in base64."""
    numbers = _element(0x30, b"".join(_integer(number) for number in (modulus, exponent)))
    algorithm = _element(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    return base64.b64encode(_element(0x30, algorithm + _element(0x03, b"\0" + numbers))).decode()


def _integer(number: int) -> bytes:
    """A DER integer."""
    return _element(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def _element(tag: int, content: bytes) -> bytes:
    """A DER element with a two-byte length."""
    return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_no_bytes_make_the_key_reader_fail_otherwise(der: bytes) -> None:
    with pytest.raises(InvalidPublicKey):
        load_public_key(base64.b64encode(der).decode())


@settings(deadline=None)
@given(st.integers(0, 293), st.integers(1, 255))
def test_a_key_with_any_byte_changed_never_verifies(place: int, change: int) -> None:
    der = bytearray(base64.b64decode(RECORDED["public_key"]))
    der[place] ^= change
    try:
        key = load_public_key(base64.b64encode(bytes(der)).decode())
    except InvalidPublicKey:
        return
    assert not is_signature_valid(key, "SHA-256", MESSAGE, signature("SHA-256"))
