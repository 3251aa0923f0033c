"""The chapter that says field by field what is posted names all that is sent, and nothing else."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from accounting.imuis.dataset import parse
from accounting.rompslomp import payload
from dashboard import manual
from integrations.money import parse_json
from tests.accounting.imuis.books import settings as king
from tests.webshop.ccvshop import orders
from tests.webshop.ccvshop.test_golden import CASES, FOLDER
from webshop.preview import outcome

from .test_manual import LANGUAGES, source

FILE = "09-fields.html"
# The sections of the chapter in their order, by what is sent.
SECTIONS = (
    "sales_invoice",
    "lines of sales_invoice",
    "contact",
    "product",
    "BOE, total",
    "BOE",
    "ORDKOP",
    "ORDRG",
    "DEB",
    "ART",
)
NOT_POSTED = {"payments"}  # only previewed, where they are set
KING = ({"amounts": "incl"}, {"amounts": "excl"}, {"target": "order"})

Json = dict[str, Any]
Names = Iterator[tuple[str, set[str]]]


@cache
def sent() -> dict[str, set[str]]:
    """By section, the names in all that the golden sources send."""
    names: dict[str, set[str]] = {section: set() for section in SECTIONS}
    for section, found in [*of_rompslomp(), *of_king()]:
        names[section] |= found
    return names


def cases() -> Iterator[tuple[Json, Json]]:
    """The golden sources with the settings that each changes, and a product with all that a product can have."""
    for name in CASES:
        case = parse_json((FOLDER / f"{name}.json").read_text())
        yield case["source"], case.get("settings", {})
    yield {"order": orders.an_order(), "orderrows": [orders.a_row(sub_ean_number="8712345678906")]}, {}


def of_rompslomp() -> Names:
    for shop_source, changes in cases():
        for call in outcome(shop_source, orders.settings(**changes)).calls:
            yield from in_body(call["body"])
    yield from in_body(payload.rounding(Decimal("0.01"), "1", orders.sample_order(), orders.settings()))


def in_body(body: Json) -> Names:
    ((kind, fields),) = body.items()
    yield kind, keys(body) - NOT_POSTED
    for line in fields.get("invoice_lines", ()):
        yield f"lines of {kind}", keys(line)


def keys(fields: Json) -> set[str]:
    """Those of objects inside included, those of lists not."""
    inside = [keys(value) for value in fields.values() if isinstance(value, dict)]
    return set(fields).union(*inside)


def of_king() -> Names:
    for shop_source, _changes in cases():
        for options in KING:
            for call in outcome(shop_source, king(**options)).calls:
                yield from in_dataset(call["xml"])


def in_dataset(xml: str) -> Names:
    """The name of the table and its columns. Before a record comes what table it is of."""
    rows = parse(xml.encode())
    if rows[0][0] == "METADATA":
        (_metadata, about), (_data, columns) = rows
        rows = [(about["TABLE"], columns)]
    if rows[0][0] == "BOE":
        yield "BOE, total", {"BOE", *rows.pop(0)[1]}
        yield from (("BOE", set(columns)) for _table, columns in rows)
    else:
        yield from ((table, {table, *columns}) for table, columns in rows)


def named(language: str) -> list[list[str]]:
    """What each section of the chapter names."""
    return [re.findall(r"<code>(.*?)</code>", section) for section in source(language, FILE).split("<h3>")[1:]]


@pytest.mark.rule("R71")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_that_is_sent_is_named_and_no_other(language: str) -> None:
    found = {section: set(names) for section, names in zip(SECTIONS, named(language), strict=True)}
    assert found == sent()


@pytest.mark.rule("R71")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_says_where_its_value_comes_from(language: str) -> None:
    text = source(language, FILE)
    rows = re.findall(r'<th role="rowheader" scope="row">(.*?)</th>\s*<td role="cell">(.*?)</td>', text)
    assert len(rows) == text.count('<tr role="row">') - len(SECTIONS)
    assert [
        field for field, words in rows if not re.fullmatch(r".+ <code>\w+</code>", field) or words[-1:] != "."
    ] == []


def test_both_languages_name_them_in_the_same_order() -> None:
    assert named("en") == named("nl")


def test_the_chapter_comes_after_the_totals() -> None:
    slugs = list(manual.files())
    assert slugs[slugs.index("totals") + 1] == "fields"
    assert manual.files()["fields"] == FILE
