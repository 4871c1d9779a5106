"""The limits that the source code keeps: sizes, names, docstrings, import cycles, words."""

from dataclasses import dataclass

from tests.structure import measures


@dataclass(frozen=True)
class Limits:
    """Figures that may only become better."""

    modules: int = 670
    function_lines: int = 60
    class_lines: int = 300
    file_lines: int = 300
    name_words: float = 1.9
    args_share: float = 0.4
    type_cycles: int = 4
    repeated_file_names: int = 30
    repeated_class_names: int = 20


LIMITS = Limits()

WORD_EXCEPTIONS = {
    "tui/store/schema": "a migration that has run is never edited; it named the table `pens`",
    "tests/data": "texts of customers",
    "tui/desk/contact_files/heading_words.toml": "headings that other programs write",
    "tests/desk/contact_files": "headings and names that other programs write",
    "tests/structure": "the list itself",
}
"""Places where a word of the list may stand, with the reason."""

ALLOWED_KEYS = {"bell"}
"""Words of the list that are keys of the users' settings file."""


def test_no_function_class_or_file_is_too_long() -> None:
    found = measures.find_oversized(
        measures.read_modules(), LIMITS.function_lines, LIMITS.class_lines, LIMITS.file_lines
    )
    assert not found, "\n".join(found)


def test_there_are_not_more_modules_than_a_person_can_survey() -> None:
    assert len(measures.read_modules()) <= LIMITS.modules


def test_function_names_say_what_is_done_to_what() -> None:
    assert measures.average_name_words(measures.read_modules()) >= LIMITS.name_words


def test_public_docstrings_explain_their_parameters() -> None:
    assert measures.args_share(measures.read_modules()) >= LIMITS.args_share


def test_names_are_used_once() -> None:
    files = measures.repeated_file_names(measures.read_modules())
    classes = measures.repeated_class_names(measures.read_modules())
    assert len(files) <= LIMITS.repeated_file_names, files
    assert len(classes) <= LIMITS.repeated_class_names, classes


def test_no_module_imports_itself_through_others() -> None:
    assert (
        measures.find_cycles(measures.import_graph(measures.read_modules(), with_types=False)) == []
    )


def test_types_tie_few_modules_together() -> None:
    cycles = measures.find_cycles(measures.import_graph(measures.read_modules(), with_types=True))
    assert len(cycles) <= LIMITS.type_cycles, cycles


def _list_texts() -> list[str]:
    """Return the paths of the files whose words are looked at."""
    folders = [measures.ROOT / name for name in ("tui", "tests", "screenshots", ".github")]
    files = [measures.ROOT / "README.md", *(f for folder in folders for f in folder.rglob("*"))]
    paths = [
        file.relative_to(measures.ROOT).as_posix()
        for file in sorted(files)
        if file.suffix in {".py", ".md", ".sql", ".tcss", ".toml", ".yml"}
    ]
    return [path for path in paths if not path.startswith(tuple(WORD_EXCEPTIONS))]


def test_the_words_of_the_list_are_not_used() -> None:
    found = [
        f"{path}:{number}: {', '.join(sorted(words))}"
        for path in _list_texts()
        for number, line in enumerate((measures.ROOT / path).read_text("utf-8").split("\n"), 1)
        if (words := {word.lower() for word in measures.find_unused_words(line)} - ALLOWED_KEYS)
    ]
    assert not found, "\n".join(found)
