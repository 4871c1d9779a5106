"""Test cutting CSV text into rows, whatever is wrong with it."""

import pytest

from tui.desk.contact_files.csv_rows import read_rows


def read_cells(text: str) -> list[tuple[str, ...]]:
    """Return the cells of all rows that have no problem."""
    return [row.cells for row in read_rows(text) if not row.problem]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_recognised(delimiter: str, end: str) -> None:
    text = f"Name{delimiter}Phone{end}Ana{delimiter}+48500600701{end}"
    assert read_cells(text) == [("Name", "Phone"), ("Ana", "+48500600701")]


@pytest.mark.parametrize(
    "first", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;", " sep=; ", "sep=;\r\n"[:-1].strip()]
)
def test_a_first_line_can_name_the_delimiter(first: str) -> None:
    assert read_cells(f"{first}\nName;Phone\nAna, B;+48\n") == [
        ("Name", "Phone"),
        ("Ana, B", "+48"),
    ]


def test_the_delimiter_is_not_taken_from_texts() -> None:
    rows = ["Name;Phone", "Kowal, Ana;+48 500", *["Lis, Bo;+48 501"] * 50]
    assert read_cells("\n".join(rows))[1] == ("Kowal, Ana", "+48 500")
    assert read_cells("Contacts, March, all\n\nName;Phone\nAna;1\n")[-1] == ("Ana", "1")
    assert read_cells("Ana;+48500600701\nKowal, Bo;+48500600702\n")[1][0] == "Kowal, Bo"


def test_quoted_cells_hold_delimiters_marks_and_line_breaks() -> None:
    text = 'Name,Note,Phone\n"Kowal, ""Ana""","a\nb, c",1\n "Bo" , x , "2" \n'
    assert read_cells(text)[1:] == [('Kowal, "Ana"', "a\nb, c", "1"), ("Bo", " x ", "2")]
    assert [row.line for row in read_rows(text)] == [1, 2, 4]


@pytest.mark.parametrize(
    "bad",
    [
        '"Ana "the boss" Kowal",+48500600701',
        '"Ana" Kowal,+48500600701',
        '"Ana,+48500600701',
        'Ana,"+48500600701',
        'Ana,"+48"500600701"',
        '"Ana ""the boss" Kowal",+48500600701',
    ],
)
def test_a_wrong_quotation_mark_costs_one_row(bad: str) -> None:
    rows = read_rows(f"Name,Phone\n{bad}\nBo,+48500600702\nCy,+48500600703\n")
    assert [row.line for row in rows if row.problem] == [2]
    assert [row.cells[0] for row in rows if not row.problem] == ["Name", "Bo", "Cy"]


def test_a_mark_that_is_closed_by_a_later_row_swallows_none() -> None:
    rows = read_rows('Name,Phone,Note\n"Ana,+48,x\nBo,+49,y\nCy,+50,"\nDi,+51,z\n')
    assert [row.cells[0] for row in rows if not row.problem] == ["Name", "Bo", "Di"]
    assert [row.line for row in rows if row.problem] == [2, 4]


def test_a_mark_inside_of_a_plain_cell_is_text() -> None:
    assert read_cells('Name,Phone\nAna "the boss" Kowal,+48\n')[1] == (
        'Ana "the boss" Kowal',
        "+48",
    )


def test_blank_rows_are_passed_over_and_lines_still_count() -> None:
    rows = read_rows("\n\nName;Phone;\n;;\n   \nAna;1;\n")
    assert [(row.line, row.cells) for row in rows] == [
        (3, ("Name", "Phone", "")),
        (6, ("Ana", "1", "")),
    ]
