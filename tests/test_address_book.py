"""What address books write is read into contacts, wherever it is asked for."""

from pathlib import Path

import pytest

from tui.desk.contact_files import ContactFileError, read_contacts, split_reachable
from tui.store.contacts import Contact


def read(folder: Path, text: str) -> list[Contact]:
    """The contacts of a CSV file."""
    path = folder / "contacts.csv"
    path.write_text(text, encoding="utf-8-sig")
    return read_contacts(path)


def test_columns_are_known_by_their_headings_in_any_order(tmp_path: Path) -> None:
    found = read(tmp_path, "Uwagi;Nazwisko;Imię;Telefon\nVIP;Żak;Mia;+48500600700\n")
    assert found == [Contact("+48500600700", "Mia Żak", "VIP")]


def test_without_a_heading_the_columns_are_number_name_and_note(tmp_path: Path) -> None:
    assert read(tmp_path, "12345,Bank\n") == [Contact("12345", "Bank", "")]


def test_a_file_that_is_not_csv_says_so_and_names_itself(tmp_path: Path) -> None:
    with pytest.raises(ContactFileError, match=r"contacts\.csv is not CSV"):
        read(tmp_path, 'number,name\n"+61491570006,Mia\n')


def test_who_cannot_be_written_to_is_told_from_who_can() -> None:
    number, code = Contact("0491 570 006", "Mia"), Contact("12345", "Bank")
    name, nothing = Contact("MYSHOP", "Shop"), Contact("", "Nobody")
    assert split_reachable([number, name, code, nothing], "AU") == ([number, code], [name, nothing])
    assert split_reachable([number], None) == ([], [number]), "a local number needs a region"
