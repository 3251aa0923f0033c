"""The administration's own pages."""

from typing import Any

import pytest


def page(office: Any, path: str = "", language: str = "en", status: int = 200) -> str:
    answer = office.client.get(f"/imuis/{path}", headers={"Accept-Language": language})
    assert answer.status_code == status
    return str(answer.content.decode())


def book(office: Any, document: str, amount: str = "1012,10") -> None:
    place = {"JR": "2026", "PN": "3", "DAGB": "41", "TEGREK": "2975", "DAT": "01-03-2026", "BOEKSTUK": document}
    debtor = place | {"REK": "13317", "BTW": "0", "BEDRBOEK": amount, "FACT": "7", "OMSCHR": f"<{document}>"}
    revenue = {"REK": "8000", "BTW": "2", "BEDRBOEK": f"-{amount}", "BEDRBTW": "-2,10", "OMSCHR": "Mok"}
    root = office.entry(debtor, place | revenue)
    assert root.find("ERROR") is None, root.findtext("ERROR/MESSAGE")


def test_it_says_that_there_is_nothing_yet(fresh: Any) -> None:
    assert "No administration yet" in page(fresh)
    fresh.start(name="Theehuis & co")
    assert "Theehuis &amp; co" in page(fresh)
    shown = page(fresh, f"{fresh.id}/")
    assert "No entries yet" in shown
    assert "No orders yet" in shown


def test_it_shows_an_entry_as_a_bookkeeper_reads_it(office: Any) -> None:
    office.debtor(NAAM="A. Jansen")
    book(office, "W14194")
    listed = page(office, f"{office.id}/")
    assert f'href="/imuis/{office.id}/entries/W14194"' in listed
    assert "&lt;W14194&gt;" in listed
    shown = page(office, f"{office.id}/entries/W14194")
    for text in (
        "41 Verkopen webshop",
        "1 Mar 2026",
        "3 / 2026",
        "13317 A. Jansen",
        "8000 Omzet webshop",
        "2 Af te dragen hoog",
        "\u20ac\u00a0-2.10",
        "\u20ac\u00a01,012.10",
        "\u20ac\u00a00.00",
    ):
        assert text in shown
    assert "\u20ac\u00a01.012,10" in page(office, f"{office.id}/entries/W14194", "nl")


def test_it_shows_every_entry_of_one_document_number(office: Any) -> None:
    office.debtor()
    for amount in ("11,11", "22,22"):
        book(office, "W 1/2", amount)
    shown = page(office, f"{office.id}/entries/W%201%2F2")
    assert "11.11" in shown
    assert "22.22" in shown


def test_it_shows_a_warning(office: Any) -> None:
    office.debtor()
    place = {"JR": "2026", "PN": "3", "DAGB": "41", "TEGREK": "2975", "DAT": "01-03-2026", "BOEKSTUK": "W1"}
    office.entry(place | {"REK": "13317", "BEDRBOEK": "1,00"}, place | {"REK": "8000", "BEDRBOEK": "-0,99"})
    assert "komt niet op nul: -0,01" in page(office, f"{office.id}/entries/W1")


def test_it_shows_an_order(office: Any) -> None:
    office.debtor(NAAM="A. Jansen")
    office.item()
    header = {"DEB": "13317", "DAT": "23-11-2026", "ORDSRT": "webshoporder", "KENM": "ORD1", "BEDRVRACHTKST": "4,96"}
    number = office.order(header, {"ART": "MUG-01", "AANT": "2", "PRS": "12,39"}).findtext("ORDKOP/NR")
    assert f'href="/imuis/{office.id}/orders/{number}"' in page(office, f"{office.id}/")
    shown = page(office, f"{office.id}/orders/{number}")
    for text in ("13317 A. Jansen", "webshoporder Webshop order", "ORD1", "23 Nov 2026", "MUG-01", "Koffiemok blauw"):
        assert text in shown
    for money in ("4.96", "12.39", "24.78", "29.74", "6.25", "35.99"):
        assert f"\u20ac\u00a0{money}" in shown


def test_it_shows_the_newest_first_and_pages(office: Any) -> None:
    office.debtor()
    for number in range(101):
        book(office, f"W{number:03d}")
    shown = page(office, f"{office.id}/")
    assert shown.index("W100") < shown.index("W099")
    assert "W000" not in shown
    assert "W000" in page(office, f"{office.id}/?entries=2")


@pytest.mark.parametrize("path", ["1/", "1/entries/W1", "1/orders/2", "2001/entries/W1", "2001/orders/2"])
def test_it_says_what_is_not_there(office: Any, path: str) -> None:
    assert "Not found" in page(office, path, status=404)
