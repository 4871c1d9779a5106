"""Print the figures of the source code beside their limits."""

import subprocess
import sys
from collections.abc import Callable

from tests.structure import measures
from tests.structure.test_limits import LIMITS


def count_not_imperative() -> tuple[int, int]:
    """Return how many docstrings are not imperative (ruff's D401), and how many there are."""
    command = ["ruff", "check", "--quiet", "--select", "D401", "--output-format", "concise"]
    checked = subprocess.run(
        [sys.executable, "-m", *command, str(measures.PACKAGE)],
        capture_output=True,
        text=True,
        check=False,
    )
    found = checked.stdout.count(" D401 ")
    modules = measures.read_modules()
    return found, sum(len(module.functions) for module in modules)


def print_figures(write: Callable[[str], object] = print) -> None:
    """Write one line for each figure."""
    modules = measures.read_modules()
    readme_words = len((measures.ROOT / "README.md").read_text(encoding="utf-8").split())
    bad, all_docstrings = count_not_imperative()
    rows = [
        ("modules", len(modules), f"at most {LIMITS.modules}"),
        ("docstrings that are not imperative", f"{100 * bad / all_docstrings:.1f} %", "8 %"),
        ("docstrings with Args", f"{100 * measures.args_share(modules):.0f} %", "at least 40 %"),
        ("words of a function name", f"{measures.average_name_words(modules):.2f}", "1.9"),
        (
            "groups of modules in a type cycle",
            len(measures.find_cycles(measures.import_graph(modules, with_types=True))),
            f"at most {LIMITS.type_cycles}",
        ),
        ("file names used twice", len(measures.repeated_file_names(modules)), "at most 30"),
        ("class names used twice", len(measures.repeated_class_names(modules)), "at most 20"),
        ("words of README.md", readme_words, "at most 1,100"),
    ]
    for name, value, limit in rows:
        write(f"{name:<38}{value!s:>10}   {limit}")


if __name__ == "__main__":
    print_figures()
