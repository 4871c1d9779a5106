"""Test reading contacts from the files that address books write."""

from pathlib import Path

import pytest

from tui.desk.contact_files import ContactFileError, read_contacts, split_reachable
from tui.store.contacts import Contact


def read_csv(folder: Path, text: str) -> list[Contact]:
    """Return the contacts of a CSV file with this text."""
    path = folder / "contacts.csv"
    path.write_text(text, encoding="utf-8-sig")
    return read_contacts(path)


def test_columns_are_found_by_their_headings_in_any_order(tmp_path: Path) -> None:
    found = read_csv(tmp_path, "Uwagi;Nazwisko;Imię;Telefon\nVIP;Żak;Mia;+48500600700\n")
    assert found == [Contact("+48500600700", "Mia Żak", "VIP")]


def test_without_a_heading_the_columns_are_number_name_and_note(tmp_path: Path) -> None:
    assert read_csv(tmp_path, "12345,Bank\n") == [Contact("12345", "Bank", "")]


def test_a_file_that_is_not_csv_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ContactFileError, match=r"contacts\.csv is not CSV"):
        read_csv(tmp_path, 'number,name\n"+61491570006,Mia\n')


def test_contacts_without_a_reachable_number_are_separated() -> None:
    number, code = Contact("0491 570 006", "Mia"), Contact("12345", "Bank")
    name, nothing = Contact("MYSHOP", "Shop"), Contact("", "Empty")
    assert split_reachable([number, name, code, nothing], "AU") == ([number, code], [name, nothing])
    assert split_reachable([number], None) == ([], [number]), "a local number needs a region"
