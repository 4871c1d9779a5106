"""Checks an RSA signature (PKCS#1 v1.5, RFC 8017) with whole numbers alone.

Only public values pass through here, so nothing needs to run in constant time. The expected
padded block is built and compared as a whole: a parser of padding is where such checks break.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

_SEQUENCE, _INTEGER, _BIT_STRING = 0x30, 0x02, 0x03
_RSA_ALGORITHM = bytes.fromhex("06092a864886f70d0101010500")
"""The object identifier of rsaEncryption, and NULL."""
_MODULUS_BITS = range(1024, 16_385)
_DIGEST_INFO = {
    "sha224": bytes.fromhex("302d300d06096086480165030402040500041c"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""What stands before a hash inside the block (RFC 8017, 9.2), per hash MessageMedia can name."""


class KeyUnreadable(ValueError):
    """The text is not a public RSA key."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public RSA key."""

    modulus: int
    exponent: int

    @property
    def size(self) -> int:
        """Length of a signature in bytes."""
        return (self.modulus.bit_length() + 7) // 8


def load_public_key(text: str) -> PublicKey:
    """The key in base64 of a DER SubjectPublicKeyInfo, with or without PEM lines.

    Raises `KeyUnreadable`.
    """
    lines = [line.strip() for line in text.splitlines() if not line.startswith("-----")]
    try:
        der = base64.b64decode("".join(lines), validate=True)
    except (binascii.Error, ValueError):
        raise KeyUnreadable("the key is not base64") from None
    return _sound(_key_from_der(der))


def verifies(key: PublicKey, digest: str, message: bytes, signature: bytes) -> bool:
    """Whether `signature` over `message` was made with the private half of `key`.

    `digest` is named as the provider does ("SHA-512", "SHA512"); False for one it cannot name.
    """
    name = digest.replace("-", "").strip().lower()
    number = int.from_bytes(signature, "big")
    if name not in _DIGEST_INFO or len(signature) != key.size or number >= key.modulus:
        return False
    block = pow(number, key.exponent, key.modulus).to_bytes(key.size, "big")
    return block == _block(name, message, key.size)


def _block(name: str, message: bytes, size: int) -> bytes:
    """What a right signature must open to (RFC 8017, 9.2)."""
    proof = _DIGEST_INFO[name] + hashlib.new(name, message).digest()
    return b"\x00\x01" + b"\xff" * (size - len(proof) - 3) + b"\x00" + proof


def _sound(key: PublicKey) -> PublicKey:
    """The key itself, unless its numbers cannot be an RSA key's."""
    if key.modulus.bit_length() not in _MODULUS_BITS or key.modulus % 2 == 0:
        raise KeyUnreadable("the key's modulus is not one of RSA")
    if key.exponent % 2 == 0 or not 3 <= key.exponent < key.modulus:
        raise KeyUnreadable("the key's exponent is not one of RSA")
    return key


def _key_from_der(der: bytes) -> PublicKey:
    """The two numbers in a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7)."""
    info = _only(der, _SEQUENCE)
    algorithm, rest = _take(info, _SEQUENCE)
    bits = _only(rest, _BIT_STRING)
    if algorithm != _RSA_ALGORITHM or bits[:1] != b"\x00":
        raise KeyUnreadable("the key is not an RSA key")
    modulus, rest = _take(_only(bits[1:], _SEQUENCE), _INTEGER)
    exponent = _only(rest, _INTEGER)
    return PublicKey(_signed(modulus), _signed(exponent))


def _signed(content: bytes) -> int:
    """A DER integer."""
    return int.from_bytes(content, "big", signed=True)


def _only(data: bytes, tag: int) -> bytes:
    """The content of the one element that `data` is."""
    content, rest = _take(data, tag)
    if rest:
        raise KeyUnreadable("the key has more than it should")
    return content


def _take(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first element of `data`, and what follows it."""
    if len(data) < 2 or data[0] != tag:
        raise KeyUnreadable("the key is not in the form of a public key")
    start, length = 2, data[1]
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    if start > len(data) or start + length > len(data):
        raise KeyUnreadable("the key is cut off")
    return data[start : start + length], data[start + length :]
