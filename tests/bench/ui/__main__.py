"""Measure the programs in turns, and print each figure with its goal and a verdict.

Run `python -m tests.bench.ui [part ...]`; without a name all parts.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from tests.bench.ui import plot, report
from tests.bench.ui.idle import MINUTE
from tests.bench.ui.parts import PARTS
from tests.bench.ui.report import OURS, Figure, Verdict
from tests.bench.ui.setting import Setting


def parse_arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ui", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="|".join(PARTS))
    parser.add_argument("--rounds", type=int, default=3, help="turns of each program (3)")
    parser.add_argument("--small", action="store_true", help="100 conversations, to try it")
    parser.add_argument("--seconds", type=float, default=MINUTE, help="how long idle is watched")
    parser.add_argument(
        "--size", type=Path, action="append", default=[], help="one more inbox to search"
    )
    parser.add_argument("--no-peers", action="store_true", help="leave out aerc and neomutt")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--plot", type=Path, help="draw the figures as SVG into this file")
    parser.add_argument("--from", type=Path, dest="earlier", help="draw the figures of this JSON")
    return parser.parse_args()


def measure_parts(arguments: argparse.Namespace) -> Iterator[list[Figure]]:
    """Measure the chosen parts, print each when it is known, and yield its figures.

    Args:
        arguments: Parsed arguments.
    """
    setting = Setting(
        arguments.rounds,
        small=arguments.small,
        seconds=arguments.seconds,
        sizes=tuple(arguments.size),
        with_peers=not arguments.no_peers,
    )
    for name in arguments.parts or PARTS:
        print(f"\n{name}: {PARTS[name].__doc__}", flush=True)
        try:
            found = PARTS[name](setting)
        except AssertionError as error:  # the other parts are measured all the same
            found = [Figure(name, "all figures", OURS, None, "", note=f"failed: {error}"[:300])]
        for figure in found:
            print(report.format_figure(figure), flush=True)
        yield found


def main() -> None:
    """Measure, or read an earlier run; print, keep and draw it."""
    arguments = parse_arguments()
    machine = report.describe_machine()
    figures: list[Figure] = []
    if arguments.earlier:
        figures, machine = report.read_json(arguments.earlier)
        print("\n".join(report.format_figure(figure) for figure in figures))
    else:
        for found in measure_parts(arguments):
            figures += found
            if arguments.json:  # after each part, so that a run that is stopped is not lost
                report.write_json(arguments.json, figures, machine)
    verdicts = [figure.verdict for figure in figures]
    print(f"\n{verdicts.count(Verdict.MET)} met, {verdicts.count(Verdict.MISSED)} missed")
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    if arguments.plot:
        arguments.plot.write_text(plot.draw_figures(figures, machine), encoding="utf-8")


if __name__ == "__main__":
    main()
