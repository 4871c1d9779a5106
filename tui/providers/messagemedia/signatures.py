"""Sign requests to MessageMedia (HMAC), and check the signatures of its pushes (RSA).

The provider rebuilds the signed text of a request from the names listed in the header, so each name
is spelled the same in the header and in the signed text. The documentation names SHA-256, its older
text SHA-1; both are supported.

RSA (PKCS#1 v1.5, RFC 8017) is computed with integers alone, without a library. Only public values
are used, so nothing needs to run in constant time. The expected padded block is built and compared
as a whole, because parsers of the padding are where such checks have failed.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from email.utils import formatdate

from tui.clock import SECOND, Clock
from tui.domain.record_type import record

HMAC_ALGORITHMS = {"hmac-sha256": "sha256", "hmac-sha1": "sha1"}
"""Hash names of the `hashlib` module by the provider's names."""


class HmacSigner:
    """Sign each request with the account's secret (MessageMedia API, HMAC authentication)."""

    def __init__(self, api_key: str, api_secret: str, algorithm: str, clock: Clock) -> None:
        """Create the signer of one account.

        Args:
            api_key: Key that names the account.
            api_secret: Secret that signs.
            algorithm: A key of `HMAC_ALGORITHMS`.
            clock: Source of the date of each request.
        """
        self._api_key = api_key
        self._secret = api_secret.encode()
        self._algorithm = algorithm
        self._hash = HMAC_ALGORITHMS[algorithm]
        self._clock = clock

    def sign_request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Return `Date`, `Content-MD5` if there is a body, and `Authorization`.

        Args:
            method: HTTP method.
            target: Path and query exactly as they are sent.
            headers: Headers that the request has already; they are not signed.
            body: Body exactly as it is sent.
        """
        signed = {"Date": formatdate(self._clock.now() / SECOND, usegmt=True)}
        if body:
            # The API demands MD5 here; the security lies in the HMAC over this header.
            signed["Content-MD5"] = hashlib.md5(body, usedforsecurity=False).hexdigest()
        lines = [f"{name}: {value}" for name, value in signed.items()]
        lines.append(f"{method} {target} HTTP/1.1")
        return {
            **signed,
            "Authorization": self._build_authorization([*signed, "request-line"], lines),
        }

    def _build_authorization(self, names: list[str], lines: list[str]) -> str:
        """Return the header that names what is signed and holds the signature."""
        digest = hmac.new(self._secret, "\n".join(lines).encode(), self._hash).digest()
        return (
            f'hmac username="{self._api_key}", algorithm="{self._algorithm}", '
            f'headers="{" ".join(names)}", signature="{base64.b64encode(digest).decode()}"'
        )


_SEQUENCE, _INTEGER, _BIT_STRING = 0x30, 0x02, 0x03
_RSA_ALGORITHM = bytes.fromhex("06092a864886f70d0101010500")
"""The object identifier of rsaEncryption, followed by NULL."""
_MODULUS_BITS = range(1024, 16_385)
_DIGEST_INFO = {
    "sha224": bytes.fromhex("302d300d06096086480165030402040500041c"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""Prefix of a hash inside the block (RFC 8017, 9.2), per hash that MessageMedia can name."""


class InvalidPublicKey(ValueError):
    """The text is not a public RSA key."""


@record
class PublicKey:
    """A public RSA key."""

    modulus: int
    exponent: int

    @property
    def signature_size(self) -> int:
        """Return the length of a signature in bytes."""
        return (self.modulus.bit_length() + 7) // 8


def load_public_key(text: str) -> PublicKey:
    """Return the public key in a text; raise `InvalidPublicKey` if there is none.

    Args:
        text: Base64 of a DER SubjectPublicKeyInfo, with or without PEM lines.
    """
    lines = [line.strip() for line in text.splitlines() if not line.startswith("-----")]
    try:
        der = base64.b64decode("".join(lines), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidPublicKey("the key is not base64") from None
    return _check_key(_parse_der_key(der))


def is_signature_valid(key: PublicKey, digest: str, message: bytes, signature: bytes) -> bool:
    """Return whether a signature was made with the private half of a key.

    Args:
        key: Public key.
        digest: The provider's name of the hash ("SHA-512", "SHA512").
        message: Bytes that were signed.
        signature: Signature to check.
    """
    name = digest.replace("-", "").strip().lower()
    number = int.from_bytes(signature, "big")
    if name not in _DIGEST_INFO or len(signature) != key.signature_size or number >= key.modulus:
        return False
    block = pow(number, key.exponent, key.modulus).to_bytes(key.signature_size, "big")
    return block == _build_padded_block(name, message, key.signature_size)


def _build_padded_block(name: str, message: bytes, size: int) -> bytes:
    """Return the block that a valid signature must decrypt to (RFC 8017, 9.2)."""
    proof = _DIGEST_INFO[name] + hashlib.new(name, message).digest()
    return b"\x00\x01" + b"\xff" * (size - len(proof) - 3) + b"\x00" + proof


def _check_key(key: PublicKey) -> PublicKey:
    """Return the key; raise if its numbers cannot be those of an RSA key."""
    if key.modulus.bit_length() not in _MODULUS_BITS or key.modulus % 2 == 0:
        raise InvalidPublicKey("the key's modulus is not one of RSA")
    if key.exponent % 2 == 0 or not 3 <= key.exponent < key.modulus:
        raise InvalidPublicKey("the key's exponent is not one of RSA")
    return key


def _parse_der_key(der: bytes) -> PublicKey:
    """Return the key in a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7)."""
    info = _take_only_element(der, _SEQUENCE)
    algorithm, rest = _take_element(info, _SEQUENCE)
    bits = _take_only_element(rest, _BIT_STRING)
    if algorithm != _RSA_ALGORITHM or bits[:1] != b"\x00":
        raise InvalidPublicKey("the key is not an RSA key")
    modulus, rest = _take_element(_take_only_element(bits[1:], _SEQUENCE), _INTEGER)
    exponent = _take_only_element(rest, _INTEGER)
    return PublicKey(_parse_der_integer(modulus), _parse_der_integer(exponent))


def _parse_der_integer(content: bytes) -> int:
    """Return the value of a DER integer."""
    return int.from_bytes(content, "big", signed=True)


def _take_only_element(data: bytes, tag: int) -> bytes:
    """Return the content of the data's single element; raise if more follows."""
    content, rest = _take_element(data, tag)
    if rest:
        raise InvalidPublicKey("the key has more than it should")
    return content


def _take_element(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """Return the content of the first element, and the data after it."""
    if len(data) < 2 or data[0] != tag:
        raise InvalidPublicKey("the key is not in the form of a public key")
    start, length = 2, data[1]
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    if start > len(data) or start + length > len(data):
        raise InvalidPublicKey("the key is cut off")
    return data[start : start + length], data[start + length :]
