"""Measure the source code: names, docstrings, sizes and import cycles.

`python -m tests.structure` prints the figures; `test_limits.py` holds them.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tui"

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef

ENTRY_POINTS = frozenset({"__init__.py", "__main__.py"})
"""File names that Python dictates: these may occur in every folder."""


@dataclass(frozen=True)
class Module:
    """One source file with its syntax tree."""

    path: Path
    tree: ast.Module
    lines: int

    @property
    def name(self) -> str:
        """Dotted module name, for example `tui.store.messages`."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def functions(self) -> list[Function]:
        """All functions and methods, nested ones too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @cached_property
    def classes(self) -> list[ast.ClassDef]:
        """All classes, nested ones too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]


@cache
def read_modules(folder: Path = PACKAGE) -> list[Module]:
    """Return the modules below a folder, sorted by path."""
    return [_read_module(path) for path in sorted(folder.rglob("*.py"))]


def _read_module(path: Path) -> Module:
    """Parse one file."""
    text = path.read_text(encoding="utf-8")
    return Module(path, ast.parse(text), text.count("\n"))


def count_lines(node: Definition) -> int:
    """Return the number of lines of a function or class, decorators excluded."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


# Names and docstrings -----------------------------------------------------------------------


def average_name_words(modules: list[Module]) -> float:
    """Return the average number of words of a function name; dunder methods do not count."""
    names = [f.name for module in modules for f in module.functions if not f.name.startswith("__")]
    return sum(len([w for w in name.split("_") if w]) for name in names) / len(names)


def args_share(modules: list[Module]) -> float:
    """Return the share of public docstrings with `Args:`, among functions with parameters."""
    docstrings = [
        ast.get_docstring(function) or ""
        for module in modules
        for function in module.functions
        if not function.name.startswith("_") and _has_parameters(function)
    ]
    return sum("Args:" in text for text in docstrings) / len(docstrings)


def _has_parameters(function: Function) -> bool:
    """Return whether a function takes more than `self`."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return any(argument.arg not in {"self", "cls"} for argument in named)


def repeated_file_names(modules: list[Module]) -> list[str]:
    """Return the file names that are used more than once, entry points excluded."""
    counts = Counter(module.path.name for module in modules)
    return sorted(n for n, count in counts.items() if count > 1 and n not in ENTRY_POINTS)


def repeated_class_names(modules: list[Module]) -> list[str]:
    """Return the class names that are used more than once."""
    counts = Counter(node.name for module in modules for node in module.classes)
    return sorted(name for name, count in counts.items() if count > 1)


# Sizes ----------------------------------------------------------------------------------------


def find_oversized(modules: list[Module], function: int, class_: int, file: int) -> list[str]:
    """Return the functions, classes and files that are too long, with their lengths.

    Args:
        modules: Modules to look at.
        function: Most lines of a function.
        class_: Most lines of a class.
        file: Most lines of a file.
    """
    found = [f"{module.name}: {module.lines} lines" for module in modules if module.lines > file]
    for module in modules:
        for limit, nodes in ((function, module.functions), (class_, module.classes)):
            found += [
                f"{module.name}.{node.name}: {count_lines(node)} lines"
                for node in nodes
                if count_lines(node) > limit
            ]
    return found


# Imports --------------------------------------------------------------------------------------


def import_graph(modules: list[Module], *, with_types: bool) -> dict[str, set[str]]:
    """Return which modules each module imports at its top level.

    Args:
        modules: Modules of the package.
        with_types: Whether imports under `if TYPE_CHECKING:` count.
    """
    names = {module.name for module in modules}
    return {
        module.name: {
            target
            for statement in _top_imports(module.tree, with_types)
            for target in _targets(statement, names)
            if target != module.name
        }
        for module in modules
    }


def _top_imports(tree: ast.Module, with_types: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the import statements outside of functions."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif with_types and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from (n for n in node.body if isinstance(n, ast.Import | ast.ImportFrom))


def _targets(statement: ast.Import | ast.ImportFrom, names: set[str]) -> set[str]:
    """Return the modules of the package that a statement imports."""
    if isinstance(statement, ast.Import):
        return {alias.name for alias in statement.names} & names
    module = statement.module or ""
    members = {f"{module}.{alias.name}" for alias in statement.names}
    # `from package import module` runs the package as well, but what is used is the module.
    return members & names or {module} & names


def find_cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    cycles: list[list[str]] = []

    def visit_module(name: str) -> None:
        """Number a module and close its group when it is complete."""
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in graph[name]:
            if target not in index:
                visit_module(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            group = [stack.pop()]
            while group[-1] != name:
                group.append(stack.pop())
            if len(group) > 1:
                cycles.append(sorted(group))

    for name in graph:
        if name not in index:
            visit_module(name)
    return cycles


# Words ----------------------------------------------------------------------------------------

UNUSED_WORDS = re.compile(
    r"(?<![a-z])(?:pens?|sheets?|sittings?|company|hush|ribbon|seats?|hands|lanes?|bells?|fates?"
    r"|deeds?|shel(?:f|ves)|letters?|offers?|heeds?|stirs?|pokes?|mend(?:s|ed|ing)?"
    r"|call(?:s|ed)?[ _]off|puts?[ _]aside|lends?|lent|tells?|told|nobody|somebody|whoever"
    r")(?![a-z])",
    re.IGNORECASE,
)
"""Words without a fixed meaning here; the developer guide lists the plain terms for them."""


ALLOWED_TERMS = re.compile(r"two-letter|(?:small|capital) letter|letters or digits", re.IGNORECASE)
"""Terms of others: country codes, names of characters, a provider's own text."""


def find_unused_words(text: str) -> list[str]:
    """Return the words of the list that a text contains, camel case names taken apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", ALLOWED_TERMS.sub("", text))
    return UNUSED_WORDS.findall(apart)
