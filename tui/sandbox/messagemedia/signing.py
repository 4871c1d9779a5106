"""Sign pushes as an account with signed webhooks does (MessageMedia API, verifying pushes).

The key pair belongs to this sandbox alone. RSA (PKCS#1 v1.5) is computed with integers.
"""

import base64
import hashlib
from email.utils import formatdate
from urllib.parse import urlsplit

from tui.sandbox.push import PushRequest

PUBLIC_KEY = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDg5Bok4k3UUezl5soCmJkukSM6KG0Ateohj9Nx/Q+7"
    "jdDSReIdjGI+0cedxBxCDugH9bv+d/zQ01r08cLLjLFy2Ewj1VxfGYDHv06XhcmelQVcslKd1eQC+q/n"
    "TD30fSP6BZzQVTSgSumrzeKLHoMQwn6rHoN3Scv5gPv3YKWukwIDAQAB"
)
"""Base64 of the DER SubjectPublicKeyInfo, as it is shown once when a key is created."""
_MODULUS = int(
    "e0e41a24e24dd451ece5e6ca0298992e91233a286d00b5ea218fd371fd0fbb8dd0d245e21d8c623e"
    "d1c79dc41c420ee807f5bbfe77fcd0d35af4f1c2cb8cb172d84c23d55c5f1980c7bf4e9785c99e95"
    "055cb2529dd5e402faafe74c3df47d23fa059cd05534a04ae9abcde28b1e8310c27eab1e837749cb"
    "f980fbf760a5ae93",
    16,
)
_PRIVATE_EXPONENT = int(
    "802d623d4d82c095e528efce898642208976838a50fe4bb0e36a1f40e3d458b8aea17a5533343536"
    "cac83442773cab54525d1bc620cb4696804c05935a02998be2ee5d43528d4b9f6672fe6c0eaf66f8"
    "098f728861479b2cdc8a3e089ccd6b964023f9b6e12a6cc39746e9df900528390a7e0f0437a91363"
    "3cc8d9f294ebb7a1",
    16,
)
_SHA512_PREFIX = bytes.fromhex("3051300d060960864801650304020305000440")
_KEY_ID = "6f1c2b9e-0d3a-4c57-9b1e-2a7f5d8c4e60"


def sign_text(text: bytes) -> str:
    """Return the signature of a text with SHA-512, in base64."""
    size = (_MODULUS.bit_length() + 7) // 8
    block = _SHA512_PREFIX + hashlib.sha512(text).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(block) - 3) + b"\x00" + block
    value = pow(int.from_bytes(padded, "big"), _PRIVATE_EXPONENT, _MODULUS)
    return base64.b64encode(value.to_bytes(size, "big")).decode()


def sign_push(push: PushRequest, now: int) -> PushRequest:
    """Return the push with the headers of a signed one.

    The request line is signed as the provider sends it, whatever a proxy makes of it.

    Args:
        push: Complete request.
        now: Current time in milliseconds UTC.
    """
    parts = urlsplit(push.url)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    date = formatdate(now / 1000, usegmt=True)
    text = f"{push.method} {target} HTTP/1.1{date}".encode() + push.body
    headers = {
        "Date": date,
        "X-MessageMedia-Signature": sign_text(text),
        "X-MessageMedia-Digest-Type": "SHA-512",
        "X-MessageMedia-Cipher-Type": "RSA",
        "X-MessageMedia-Key-Id": _KEY_ID,
    }
    return push.with_headers(headers)
