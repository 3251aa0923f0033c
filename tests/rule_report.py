"""``make rules``: the rules of ``rules.md`` that no test cites, section by section.

A test cites by ``@pytest.mark.rule("R43", "R44")``. Ends with 1 when a test cites a number that is not in the list.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent
Sections = dict[str, dict[str, str]]


def sections() -> Sections:
    """Rules by the heading of their section: number -> summary."""
    found: Sections = {}
    for line in (TESTS / "rules.md").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"## (D\d+\. .+)", line):
            rules = found.setdefault(heading[1], {})
        elif rule := re.fullmatch(r"- (R\d+): (.+)", line):
            rules[rule[1]] = rule[2]
    return found


def citations() -> dict[str, Path]:
    """Each number that is cited, with a file that does."""
    return {number: file for file in sorted(TESTS.rglob("*.py")) for number in cited_in(file)}


def cited_in(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "rule":
            yield from (str(argument.value) for argument in node.args if isinstance(argument, ast.Constant))


def main() -> int:
    listed, cited = sections(), citations()
    known = {number for rules in listed.values() for number in rules}
    for title, rules in listed.items():
        missing = [number for number in rules if number not in cited]
        print(f"{title}: {len(rules) - len(missing)} of {len(rules)} tested")
        for number in missing:
            print(f"  {number}: {rules[number]}")
    print(f"\n{len(known & cited.keys())} of {len(known)} rules are tested.")
    unknown = sorted(cited.keys() - known)
    for number in unknown:
        print(f"{cited[number].relative_to(TESTS.parent)} cites {number}, which is no rule.", file=sys.stderr)
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
