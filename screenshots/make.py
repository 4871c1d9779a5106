"""Make the generated parts of the documentation and its pictures.

python screenshots/make.py           the documentation and the pictures that it shows
python screenshots/make.py --docs    the documentation only, which takes a second
python screenshots/make.py --all     every picture; those not shown go to screenshots/out
python screenshots/make.py NAME ...  only these pictures

A PNG of each picture goes to screenshots/out, if the extra `pictures` is installed.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from screenshots.docs import ROOT, list_shown_pictures, write_docs


def main() -> None:
    """Make what the arguments ask for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--docs", action="store_true", help="no pictures")
    parser.add_argument("--all", action="store_true", help="every picture")
    parser.add_argument("names", metavar="NAME", nargs="*", help="only these pictures")
    arguments = parser.parse_args()
    if not arguments.names:
        for path in write_docs():
            print(path.relative_to(ROOT))
    if not arguments.docs:
        draw_pictures(arguments.names, every=arguments.all)


def draw_pictures(names: list[str], *, every: bool) -> None:
    """Draw the named pictures.

    Args:
        names: Names of pictures; none for those that the documentation shows.
        every: Whether no names mean all pictures.
    """
    from screenshots.pictures import draw, scenes  # the app takes a second to import

    shown = list_shown_pictures()
    for scene in scenes():
        if scene.name in (names or shown) or (every and not names):
            draw(scene, is_shown=scene.name in shown)
            print(scene.name)


if __name__ == "__main__":
    main()
