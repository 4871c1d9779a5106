"""Print how every push ends: python -m tests.pushes [--nginx]."""

import sys
from collections import Counter

from tests.pushes.cases import list_cases
from tests.pushes.runner import has_nginx, open_listener, push_cases


def main(arguments: list[str]) -> int:
    """Push all cases, print one line for each and the totals; return 1 if one is wrong."""
    behind_nginx = "--nginx" in arguments
    if behind_nginx and not has_nginx():
        print("nginx is not installed: apt-get install nginx", file=sys.stderr)
        return 2
    cases = [case for case in list_cases() if not (behind_nginx and case.is_cut)]
    totals: Counter[str] = Counter()
    wrong = 0
    with open_listener(behind_nginx=behind_nginx) as listener:
        for result in push_cases(listener, cases):
            mark = " " if result.is_right else "!"
            detail = result.detail.replace("\n", "⏎")[:40]
            case = result.case
            print(
                f"{mark} {case.account:<13} {case.name:<32} {result.status:>3}  "
                f"{result.ending or 'NOTHING':<8} {detail}"
            )
            totals[result.ending or "nothing"] += 1
            wrong += not result.is_right
    summary = ", ".join(f"{count} {ending}" for ending, count in sorted(totals.items()))
    print(f"{sum(totals.values())} pushes: {summary}; {wrong} not as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
