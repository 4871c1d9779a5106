"""Test reading bytes whose charset is missing, wrong, or named in an unusual way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.charsets import decode_text, find_codec, find_wide_codec


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("utf8", "utf-8"),
        (" UTF_8 ", "utf-8"),
        ('"utf-8"', "utf-8"),
        ("latin1", "cp1252"),
        ("latin-1", "cp1252"),
        ("ISO_8859-1", "cp1252"),
        ("ascii", "cp1252"),
        ("iso-8859-9", "cp1254"),
        ("win-1250", "cp1250"),
        ("Windows 1251", "cp1251"),
        ("cp-1257", "cp1257"),
        ("iso8859_2", "iso8859-2"),
        ("x-sjis", "cp932"),
        ("gb2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("ibm852", "cp852"),
        ("utf-32", "utf-32"),
        ("", ""),
        ("none", ""),
        ("x-user-defined", ""),
        ("base64", ""),
        ("rot13", ""),
        ("idna", ""),
        ("utf-7", ""),
        ("unicode_escape", ""),
        ("a\0b", ""),
        ("é" * 500, ""),
    ],
)
def test_a_label_means_what_browsers_make_of_it(label: str, codec: str) -> None:
    assert find_codec(label) == codec


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        ("Spaß…".encode("cp1252"), "windows-1252", "Spaß…"),
        ("Spaß…".encode("cp1252"), "iso-8859-1", "Spaß…"),
        ("её".encode("koi8-r"), "koi8-r", "её"),
        ("é".encode(), "iso-8859-1", "é"),
        ("я".encode(), "latin1", "я"),
        ("é à".encode(), "windows-1250", "é à"),
        ("’".encode(), "windows-1251", "’"),
        ("日本".encode(), "shift_jis", "日本"),
        ("żółć".encode("cp1250"), "utf-8", "żółć"),
        ("żółć".encode("cp1250"), "us-ascii", "żółć"),
        ("żółć".encode("iso-8859-2"), "iso-8859-2", "żółć"),
        ("日本".encode("iso-2022-jp"), "iso-2022-jp", "日本"),
        ("Größe".encode("utf-16"), "", "Größe"),
        ("Größe".encode("utf-16"), "utf-8", "Größe"),
        ("ok Größe".encode("utf-16-be"), "utf-16le", "ok Größe"),
        ("今天".encode("utf-8-sig"), "latin1", "今天"),
        ("今天".encode(), "utf-16", "今天"),
        ("今天讨论了".encode("utf-16-be"), "utf-16be", "今天讨论了"),
        ("Привет".encode("utf-16-be"), "utf-16be", "Привет"),
        ("é€今".encode("utf-16-le"), "utf-16le", "é€今"),
        ("שלום".encode("utf-16-le"), "utf-16", "שלום"),
    ],
)
def test_a_declared_charset_is_believed_where_the_bytes_agree(
    data: bytes, declared: str, text: str
) -> None:
    assert decode_text(data, declared, "windows-1250") == text


@pytest.mark.parametrize(
    ("data", "fallback", "text"),
    [
        (b"caf\xe9", "windows-1252", "café"),
        ("Zażółć".encode("cp1250"), "windows-1250", "Zażółć"),
        ("Привет".encode("cp1251"), "cp1251", "Привет"),
        ("今天".encode("gbk"), "gbk", "今天"),
        # Not in the account's charset, but in the last of the last resorts.
        ("ť Ź".encode("cp1250"), "windows-1252", "ť Ź"),
        # Emoji as two surrogates, as old Java and Oracle write them.
        (b"\xed\xa0\xbd\xed\xb8\x80 ok", "windows-1252", "😀 ok"),
        # UTF-8 with one value of another charset, and cut off by a limit of bytes.
        ("привет ".encode() + b"caf\xe9!", "windows-1252", "привет café!"),
        ("привет".encode()[:-1], "windows-1252", "приве\ufffd"),
        # Without a fallback nothing is guessed.
        (b"a\xff", "", "a\ufffd"),
        (b"a\xff", "no-such-charset", "a\ufffd"),
    ],
)
def test_bytes_that_are_no_utf_8_are_of_the_expected_charset(
    data: bytes, fallback: str, text: str
) -> None:
    assert decode_text(data, "", fallback) == text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_characters_are_seen_with_and_without_a_mark(codec: str) -> None:
    assert find_wide_codec('{"a": "今"}'.encode(codec)) == codec
    assert find_wide_codec("\ufeff今天".encode(codec)) == codec


@pytest.mark.parametrize("data", [b"", b"a", b"{}", b"\xff\xfe picture", "今天".encode()])
def test_other_bytes_are_no_wide_characters(data: bytes) -> None:
    assert find_wide_codec(data) == ""


@given(
    st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["", "utf-8", "nonsense"])
)
def test_utf_8_is_never_changed(text: str, declared: str) -> None:
    expected = text.removeprefix("\ufeff")
    if not find_wide_codec(text.encode()):
        assert decode_text(text.encode(), declared, "cp1252") == expected


@given(st.binary(), st.text(max_size=20), st.sampled_from(["", "cp1252", "gbk", "koi8-r", "x"]))
def test_any_bytes_become_text(data: bytes, declared: str, fallback: str) -> None:
    assert bool(decode_text(data, declared, fallback)) >= bool(
        data.strip(b"\xef\xbb\xbf\xfe\xff\0")
    )
