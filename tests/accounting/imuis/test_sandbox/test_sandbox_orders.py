"""CREATEVERKOOPORDER."""

from typing import Any
from xml.etree.ElementTree import Element

import pytest

EXAMPLE = """<NewDataSet><ORDKOP><DEB>13317</DEB><DAT>23-11-2026</DAT><DATLEV>23-11-2026</DATLEV>
<ORDSRT>webshoporder</ORDSRT><EXTORDNR>1234</EXTORDNR><KENM>ORD12345</KENM><OPM>Graag bij de buren</OPM>
<BEDRORDKST>1,50</BEDRORDKST><BEDRVRACHTKST>4,96</BEDRVRACHTKST></ORDKOP>
<ORDRG><ART>MUG-01</ART><AANT>2</AANT><OMSCHR>Koffiemok blauw</OMSCHR><PRS>12,39</PRS></ORDRG></NewDataSet>"""
HEADER = {"DEB": "13317", "DAT": "23-11-2026", "DATLEV": "23-11-2026", "ORDSRT": "webshoporder"}
HEADER |= {"EXTORDNR": "1234", "KENM": "ORD12345"}
LINE = {"ART": "MUG-01", "AANT": "2", "OMSCHR": "Koffiemok blauw", "PRS": "12,39"}


@pytest.fixture
def office(office: Any) -> Any:
    office.debtor()
    office.item()
    return office


def number(root: Element) -> str:
    found = root.findtext("ORDKOP/NR")
    assert found, root.findtext("ERROR/MESSAGE")
    return found


def totals(office: Any) -> list[str]:
    return list(office.own("GET", "orders")["orders"][-1]["totals"].values())


def test_it_takes_the_order_of_the_example(office: Any, rows: Any) -> None:
    root = office.call("CREATEVERKOOPORDER", VERKOOPORDER=EXAMPLE)
    assert [part.tag for part in root] == ["ORDKOP", "ORDRG", "INPUT"]
    header = {cell.tag: cell.text for cell in root[0]}
    expected = {"NR": "202600001", "BEDRORDKST": "1,50", "BEDRORDKSTGEWIJZ": "J", "BEDRVRACHTKSTWZ": "J"}
    assert (expected | {"DEB": "13317", "OPM": "Graag bij de buren"}).items() <= header.items()
    line = {cell.tag: cell.text for cell in root[1]}
    assert line == LINE | {"RG": "5", "ORDNR": "202600001", "STATUS": "O"}
    assert {cell.tag: cell.text for cell in root[2]} == {"DOMEIN": f"d{office.id}", "ADM": str(office.id)}
    found = rows(office.select("ORDKOP", "NR\tDAT", ("EXTORDNR\tKENM", "=\t=", "1234\tord12345")))
    assert found == [{"NR": "202600001", "DAT": "23-11-2026"}]
    assert rows(office.select("ORDRG", "ART\tPRS", ("ORDNR", "=", "202600001"))) == [{"ART": "MUG-01", "PRS": "12,39"}]
    assert totals(office) == ["31,24", "6,56", "37,80"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"DEB": ""}, "Kolom DEB van ORDKOP is verplicht."),
        ({"DEB": "13318"}, "Debiteur 13318 bestaat niet."),
        ({"ORDSRT": "webwinkel"}, "Ordersoort webwinkel bestaat niet."),
        ({"DAT": "2026-11-23"}, "Kolom DAT van ORDKOP heeft een ongeldige waarde: 2026-11-23"),
        ({"DAT": "2026-11-23T00:00:00+02:00"}, "ongeldige waarde"),
        ({"DAT": "23/11-2026"}, "ongeldige waarde"),
        ({"DATLEV": "31-11-2026"}, "ongeldige waarde"),
        ({"EXTORDNR": "W1234"}, "Kolom EXTORDNR van ORDKOP heeft een ongeldige waarde: W1234"),
        ({"KENM": "x" * 26}, "langer dan 25"),
        ({"OPM": "x" * 251}, "langer dan 250"),
        ({"BEDRORDKST": "1.50"}, "ongeldige waarde: 1.50"),
        ({"BEDRVRACHTKST": "4,961"}, "ongeldige waarde"),
        ({"BTWPL": "X"}, "ongeldige waarde: X"),
        ({"VERZNAAM": "x" * 51}, "langer dan 50"),
        ({"VERZSTRAAT": "x" * 38}, "langer dan 37"),
        ({"VERZHNR": "12b"}, "ongeldige waarde: 12b"),
        ({"VERZPOSTCD": "x" * 9}, "langer dan 8"),
        ({"VERZPLAATS": "x" * 25}, "langer dan 24"),
        ({"VERZLAND": "XX"}, "Land XX bestaat niet."),
        ({"VERZEMAIL": "x" * 65}, "langer dan 64"),
        ({"LEVCOND": "geen"}, "Leveringsconditie geen bestaat niet."),
        ({"NEGAANT": "ja"}, "ongeldige waarde: ja"),
        ({"NR": "1"}, "Kolom NR van ORDKOP wordt door de administratie bepaald."),
        ({"KLEUR": "rood"}, "Kolom KLEUR bestaat niet in ORDKOP."),
    ],
)
def test_it_refuses_a_wrong_header(office: Any, message: Any, changes: dict[str, str], text: str) -> None:
    assert text in message(office.order(HEADER | changes, LINE))
    assert office.own("GET", "orders")["orders"] == []


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"ART": ""}, "Kolom ART van ORDRG is verplicht."),
        ({"ART": "MUG-02"}, "Artikel MUG-02 bestaat niet."),
        ({"AANT": ""}, "Kolom AANT van ORDRG is verplicht."),
        ({"AANT": "1.5"}, "ongeldige waarde: 1.5"),
        ({"AANT": "-1"}, "Een negatief aantal van artikel MUG-01 is niet toegestaan."),
        ({"OMSCHR": "x" * 41}, "langer dan 40"),
        ({"PRS": "12.39"}, "ongeldige waarde: 12.39"),
        ({"PRS": "12,396"}, "ongeldige waarde"),
        ({"BTWSRT": "X"}, "ongeldige waarde: X"),
        ({"STATUS": "O"}, "Kolom STATUS van ORDRG wordt door de administratie bepaald."),
        ({"KLEUR": "rood"}, "Kolom KLEUR bestaat niet in ORDRG."),
    ],
)
def test_it_refuses_a_wrong_line(office: Any, message: Any, changes: dict[str, str], text: str) -> None:
    assert text in message(office.order(HEADER, LINE | changes))
    assert office.own("GET", "orders")["orders"] == []


@pytest.mark.parametrize("day", ["23-11-2026", "23/11/2026"])
def test_it_reads_dutch_dates(office: Any, rows: Any, day: str) -> None:
    number(office.order(HEADER | {"DAT": day}, LINE))
    assert rows(office.select("ORDKOP", "DAT", ("DAT", ">=", "01-11-2026"))) == [{"DAT": "23-11-2026"}]


def test_it_takes_negative_quantities_where_the_header_says_so(office: Any) -> None:
    number(office.order(HEADER | {"NEGAANT": "J"}, LINE | {"AANT": "-2"}))
    assert totals(office) == ["-24,78", "-5,20", "-29,98"]


@pytest.mark.parametrize("column", ["BLOK", "BLOKVRK"])
def test_it_refuses_what_is_blocked(office: Any, message: Any, column: str) -> None:
    office.own("PATCH", "items/MUG-01", {column: "J"})
    assert message(office.order(HEADER, LINE)) == "Artikel MUG-01 is geblokkeerd."
    office.own("PATCH", "debtors/13317", {"BLOK": "J"})
    assert message(office.order(HEADER, LINE)) == "Debiteur 13317 is geblokkeerd."


def test_it_misses_an_order_type_that_was_never_made(fresh: Any, message: Any) -> None:
    fresh.start(without=["order_type"])
    fresh.debtor()
    fresh.item()
    assert message(fresh.order(HEADER, LINE)) == "Ordersoort webshoporder bestaat niet."


def test_it_wants_a_header_and_lines(office: Any, message: Any) -> None:
    assert message(office.order(HEADER)) == "Een order heeft ten minste een ORDRG."
    dataset = "<NewDataSet><ORDRG><ART>MUG-01</ART></ORDRG></NewDataSet>"
    assert "ORDKOP" in message(office.call("CREATEVERKOOPORDER", VERKOOPORDER=dataset))


def test_it_numbers_orders_by_year(office: Any) -> None:
    numbers = [number(office.order(HEADER, LINE)) for _ in range(2)]
    assert numbers == ["202600001", "202600002"]
    assert number(office.order(HEADER | {"DAT": "02-01-2027"}, LINE)) == "202700001"


@pytest.mark.parametrize(
    ("header", "kinds", "expected"),
    [
        ({}, "H", ["20,00", "4,20", "24,20"]),
        ({}, "L", ["20,00", "1,80", "21,80"]),
        ({}, "V", ["20,00", "0,00", "20,00"]),
        ({"BTWPL": "I"}, "H", ["20,00", "0,00", "20,00"]),
        ({"BTWPL": "U"}, "L", ["20,00", "0,00", "20,00"]),
        ({}, "HL", ["40,00", "6,00", "46,00"]),
        ({"BEDRVRACHTKST": "5,00"}, "HL", ["45,00", "7,05", "52,05"]),
        ({"BEDRORDKST": "-1,00"}, "L", ["19,00", "1,71", "20,71"]),
    ],
)
def test_it_adds_the_vat_of_its_items(office: Any, header: dict[str, str], kinds: str, expected: list[str]) -> None:
    for kind in kinds:
        office.item(NR=kind, ZKSL=kind, BTW=kind)
    number(office.order(HEADER | header, *({"ART": kind, "AANT": "2", "PRS": "10,00"} for kind in kinds)))
    assert totals(office) == expected


@pytest.mark.parametrize(
    ("line", "net"),
    [
        ({}, "12,39"),
        ({"PRSINCL": "12,10"}, "10,00"),
        ({"PRS": "10,00", "PERCKORT": "12,5"}, "8,75"),
        ({"PRS": "0,05", "AANT": "0,5"}, "0,03"),
    ],
)
def test_it_prices_a_line(office: Any, line: dict[str, str], net: str) -> None:
    number(office.order(HEADER, {"ART": "MUG-01", "AANT": "1"} | line))
    assert totals(office)[0] == net


def test_it_takes_the_same_order_again_and_counts_it(office: Any) -> None:
    for _ in range(2):
        number(office.order(HEADER, LINE))
    number(office.order(HEADER | {"KENM": "Credit 12345"}, LINE))
    expected = {"kind": "order", "value": "1234 ORD12345", "created": 2, "refused": 0}
    assert office.own("GET", "repeats")["repeats"] == [expected]
