"""Test the words for the files of a message."""

import pytest

from tui.domain.file_names import (
    FileLabel,
    describe_files,
    describe_pictures,
    format_size,
    name_attachments,
    summarize_message,
)
from tui.domain.message import Attachment

PHOTO = FileLabel("photo.jpg", "image/jpeg", 120_000)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (PHOTO, "photo.jpg (image, 120 KB)"),
        (FileLabel("clip.3gp", "video/3gpp", 1_250_000), "clip.3gp (video, 1.2 MB)"),
        (FileLabel("note.amr", "Audio/AMR; rate=8000", 900), "note.amr (audio, 900 B)"),
        (FileLabel("Ana.vcf", "text/x-vcard", 300), "Ana.vcf (contact, 300 B)"),
        (FileLabel("bill.pdf", "application/pdf", 5), "bill.pdf (PDF, 5 B)"),
        (FileLabel("bill.pdf", "application/octet-stream", 5), "bill.pdf (PDF, 5 B)"),
        (FileLabel("photo.png", "", 5), "photo.png (image, 5 B)"),
        (FileLabel("data", "application/x-strange", 5), "data (file, 5 B)"),
        (FileLabel("", "image/gif", 5), "image (5 B)"),
        (FileLabel(" \n ", "", None), "file"),
        (FileLabel("a\nb\t.jpg", "image/jpeg", 0), "a b .jpg (image, 0 B)"),
        (FileLabel("n" * 60 + ".jpg", "image/jpeg", 5), "n" * 39 + "… (image, 5 B)"),
    ],
)
def test_a_file_is_named_with_its_kind_and_size(file: FileLabel, words: str) -> None:
    assert describe_files([file]) == words


def test_several_files_are_counted_and_the_first_are_named() -> None:
    pdf, nameless = FileLabel("b.pdf", "application/pdf", 1), FileLabel("", "video/mp4", 1)
    assert describe_files([]) == ""
    assert describe_files([FileLabel("a.jpg"), pdf]) == "2 files: a.jpg, b.pdf"
    assert describe_files([PHOTO, nameless]) == "2 files: photo.jpg, video"
    assert describe_files([PHOTO, pdf, nameless, pdf, pdf]) == (
        "5 files: photo.jpg, b.pdf, video and 2 more"
    )


def test_the_layout_of_an_mms_is_no_file() -> None:
    layout = FileLabel("smil.xml", "application/smil; charset=utf-8", 400)
    assert describe_files([layout, PHOTO]) == "photo.jpg (image, 120 KB)"
    assert describe_files([layout]) == "smil.xml (file, 400 B)"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://shop.example/a/photo.jpg?size=2", "photo.jpg (image)"),
        ("https://shop.example/Zdj%C4%99cie%201.png", "Zdjęcie 1.png (image)"),
        ("https://shop.example/", "shop.example (image)"),
        ("https://[bad", "image"),
    ],
)
def test_a_sent_picture_is_named_by_its_url(url: str, words: str) -> None:
    assert describe_pictures([url]) == words


def test_received_files_are_named_by_their_bytes() -> None:
    files = (Attachment("a.jpg", "image/jpeg", b"x" * 2_000), Attachment("\ud800", "", b""))
    assert name_attachments(files[:1]) == "a.jpg (image, 2 KB)"
    assert name_attachments(files) == "2 files: a.jpg, \ufffd"


def test_files_stand_in_place_of_a_missing_text_only() -> None:
    assert summarize_message("Look", "Cat", "a.jpg (image)") == "Look"
    assert summarize_message(" \n", "", "a.jpg (image)") == "a.jpg (image)"
    assert summarize_message("", "Cat", "a.jpg (image)") == "Cat · a.jpg (image)"
    assert summarize_message("", "", "") == ""


@pytest.mark.parametrize(
    ("size", "words"), [(999, "999 B"), (1_000, "1 KB"), (1_200_000, "1.2 MB")]
)
def test_sizes_are_rounded(size: int, words: str) -> None:
    assert format_size(size) == words
