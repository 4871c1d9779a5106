"""Test saving the files of customers to disk."""

from pathlib import Path

import pytest

from tui.desk.downloads import save_new_file


def test_a_file_is_private_and_whole(tmp_path: Path) -> None:
    path = save_new_file(tmp_path / "new", "cat.png", "image/png", b"meow")
    assert path == tmp_path / "new" / "cat.png"
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"meow", 0o600)


def test_no_file_is_ever_overwritten(tmp_path: Path) -> None:
    names = [save_new_file(tmp_path, "cat.png", "image/png", b"%d" % n).name for n in range(3)]
    assert names == ["cat.png", "cat (2).png", "cat (3).png"]
    assert (tmp_path / "cat.png").read_bytes() == b"0"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    (tmp_path / "cat.png").symlink_to(secret)
    (tmp_path / "cat (2).png").symlink_to(tmp_path / "nowhere")
    assert save_new_file(tmp_path, "cat.png", "image/png", b"x").name == "cat (3).png"
    assert secret.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..\\..\\x", "a\0b", "\x1b]0;x\x07", "", ".", ".."]
)
def test_no_name_escapes_from_the_directory(tmp_path: Path, name: str) -> None:
    path = save_new_file(tmp_path, name, "application/octet-stream", b"x")
    assert path.parent == tmp_path
    assert path.name.isprintable() and not path.name.startswith(".")


def test_a_name_without_an_extension_gets_that_of_its_type(tmp_path: Path) -> None:
    assert save_new_file(tmp_path, "", "image/jpeg; name=x", b"x").name == "file.jpg"
    assert save_new_file(tmp_path, "IMG", "IMAGE/PNG", b"x").name == "IMG.png"
