"""CREATESTAMTABELRECORD: debtors and items."""

from typing import Any

import pytest

from tests.accounting.imuis.test_sandbox.office import key

DEBTOR = """<NewDataSet><METADATA><TABLE>DEB</TABLE></METADATA><DATA><ZKSL>A. Jansen-a1b2c3</ZKSL><NAAM>A. Jansen</NAAM>
<STRAAT>Dorpsweg</STRAAT><HNR>12</HNR><HNRTV>b</HNRTV><POSTCD>6811 AB</POSTCD><PLAATS>Arnhem</PLAATS><LAND>NL</LAND>
<EMAIL>a@jansen.example</EMAIL></DATA></NewDataSet>"""
ITEM = """<NewDataSet><METADATA><TABLE>ART</TABLE></METADATA><DATA><NR>MUG-01</NR><ZKSL>MUG-01</ZKSL>
<OMSCHR>Koffiemok blauw</OMSCHR><OPMEXT>Koffiemok blauw 300 ml</OPMEXT><ARTGRP>29</ARTGRP><BTW>H</BTW>
<VERKPR>12,39</VERKPR><VERKPRINCL>14,99</VERKPRINCL><EAN>8712345678906</EAN></DATA></NewDataSet>"""


def test_it_makes_the_debtor_of_the_example(office: Any) -> None:
    assert key(office.call("CREATESTAMTABELRECORD", STAMTABEL=DEBTOR)) == "13317"
    (row,) = office.own("GET", "debtors")["debtors"]
    expected = {"NR": "13317", "ZKSL": "A. Jansen-a1b2c3", "HNR": "12", "HNRTV": "b", "LAND": "NL", "BTWPL": "B"}
    expected |= {"BETCOND": "1", "SLUITREK": "1300", "BLOK": "N", "EMAIL": "a@jansen.example"}
    assert expected.items() <= row.items()


def test_it_makes_the_item_of_the_example(office: Any) -> None:
    assert key(office.call("CREATESTAMTABELRECORD", STAMTABEL=ITEM)) == "MUG-01"
    (row,) = office.own("GET", "items")["items"]
    assert {
        "NR": "MUG-01",
        "ARTGRP": "29",
        "BTW": "H",
        "VERKPR": "12,39",
        "EAN": "8712345678906",
    }.items() <= row.items()


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"ZKSL": ""}, "Kolom ZKSL van DEB is verplicht."),
        ({"ZKSL": "x" * 21}, "Kolom ZKSL van DEB is langer dan 20 posities."),
        ({"NAAM": "x" * 51}, "Kolom NAAM van DEB is langer dan 50 posities."),
        ({"NAAM2": "x" * 51}, "langer dan 50"),
        ({"STRAAT": "x" * 38}, "langer dan 37"),
        ({"ADRES": "x" * 51}, "langer dan 50"),
        ({"HNR": "12b"}, "Kolom HNR van DEB heeft een ongeldige waarde: 12b"),
        ({"HNR": "123456"}, "langer dan 5"),
        ({"HNRTV": "x" * 7}, "langer dan 6"),
        ({"POSTCD": "x" * 9}, "langer dan 8"),
        ({"PLAATS": "x" * 25}, "langer dan 24"),
        ({"LAND": "NED"}, "Land NED bestaat niet."),
        ({"LAND": "NEDE"}, "langer dan 3"),
        ({"TAAL": "NEDE"}, "langer dan 3"),
        ({"EMAIL": "x" * 65}, "langer dan 64"),
        ({"TEL": "0" * 16}, "langer dan 15"),
        ({"MOBIEL": "0" * 16}, "langer dan 15"),
        ({"BTWNR": "x" * 15}, "langer dan 14"),
        ({"KVKNR": "0" * 16}, "langer dan 15"),
        ({"BTWPL": "X"}, "ongeldige waarde: X"),
        ({"BETCOND": "2"}, "Betalingsconditie 2 bestaat niet."),
        ({"SLUITREK": "1301"}, "Grootboekrekening 1301 bestaat niet."),
        ({"BLOK": "1"}, "ongeldige waarde: 1"),
        ({"ORDSRT": "geen"}, "Ordersoort geen bestaat niet."),
        ({"NR": "13317"}, "Kolom NR van DEB wordt door de administratie bepaald."),
        ({"KLEUR": "rood"}, "Kolom KLEUR bestaat niet in DEB."),
        ({"NAAM": "Jansen\nZn"}, "ongeldige waarde"),
        ({"NAAM": "Jansen\tZn"}, "ongeldige waarde"),
    ],
)
def test_it_refuses_a_wrong_debtor(office: Any, message: Any, columns: dict[str, str], text: str) -> None:
    assert text in message(office.create("DEB", **({"ZKSL": "jansen"} | columns)))
    assert office.own("GET", "debtors")["debtors"] == []


def test_it_takes_each_search_key_once(office: Any, message: Any) -> None:
    office.debtor(ZKSL="jansen")
    assert message(office.create("DEB", ZKSL="Jansen")) == "Debiteur met ZKSL Jansen bestaat al."
    assert office.debtor(ZKSL="jansen-2") == "13318"


def test_it_knows_countries_by_the_administrations_own_keys(fresh: Any, message: Any) -> None:
    fresh.start(land="NED")
    assert fresh.debtor(LAND="NED")
    assert message(fresh.create("DEB", ZKSL="x", LAND="NL")) == "Land NL bestaat niet."


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"NR": ""}, "Kolom NR van ART is verplicht."),
        ({"ZKSL": ""}, "Kolom ZKSL van ART is verplicht."),
        ({"OMSCHR": ""}, "Kolom OMSCHR van ART is verplicht."),
        ({"ARTGRP": ""}, "Kolom ARTGRP van ART is verplicht."),
        ({"NR": "x" * 21}, "langer dan 20"),
        ({"OMSCHR": "x" * 41}, "langer dan 40"),
        ({"EAN": "1" * 21}, "langer dan 20"),
        ({"ARTGRP": "30"}, "Artikelgroep 30 bestaat niet."),
        ({"BTW": "21"}, "ongeldige waarde: 21"),
        ({"BTW": "h"}, "ongeldige waarde: h"),
        ({"VERKPR": "12.39"}, "ongeldige waarde: 12.39"),
        ({"VERKPR": "12,399"}, "ongeldige waarde: 12,399"),
        ({"VERKPRINCL": "1.299,00"}, "ongeldige waarde"),
        ({"KLEUR": "rood"}, "Kolom KLEUR bestaat niet in ART."),
    ],
)
def test_it_refuses_a_wrong_item(office: Any, message: Any, columns: dict[str, str], text: str) -> None:
    plain = {"NR": "MUG-01", "ZKSL": "MUG-01", "OMSCHR": "Koffiemok", "ARTGRP": "29"}
    assert text in message(office.create("ART", **(plain | columns)))


@pytest.mark.parametrize("kind", "GVLH")
def test_it_takes_the_four_vat_kinds(office: Any, kind: str) -> None:
    assert office.item(BTW=kind, OPMEXT="twee\nregels") == "MUG-01"


def test_it_takes_each_item_number_and_search_key_once(office: Any, message: Any) -> None:
    office.item()
    plain = {"NR": "MUG-02", "ZKSL": "MUG-02", "OMSCHR": "Koffiemok", "ARTGRP": "29"}
    assert message(office.create("ART", **(plain | {"NR": "mug-01"}))) == "Artikel met NR mug-01 bestaat al."
    assert message(office.create("ART", **(plain | {"ZKSL": "MUG-01"}))) == "Artikel met ZKSL MUG-01 bestaat al."


def test_it_misses_an_item_group_that_was_never_made(fresh: Any, message: Any) -> None:
    fresh.start(without=["item_group"])
    root = fresh.create("ART", NR="A", ZKSL="A", OMSCHR="A", ARTGRP="29")
    assert message(root) == "Artikelgroep 29 bestaat niet."


@pytest.mark.parametrize(("table", "text"), [("GRB", "kan niet worden toegevoegd"), ("XYZ", "bestaat niet")])
def test_it_adds_to_no_other_table(office: Any, message: Any, table: str, text: str) -> None:
    assert text in message(office.create(table, NR="1"))


@pytest.mark.parametrize(
    "dataset",
    [
        "<NewDataSet><DATA><ZKSL>a</ZKSL></DATA></NewDataSet>",
        "<NewDataSet><METADATA><TABLE>DEB</TABLE></METADATA></NewDataSet>",
        "<NewDataSet><METADATA><TABLE>DEB</TABLE></METADATA><DATA><ZKSL>a</ZKSL><ZKSL>b</ZKSL></DATA></NewDataSet>",
        "<NewDataSet><METADATA><TABLE>DEB</TABLE></METADATA><DATA><ZKSL><b>a</b></ZKSL></DATA></NewDataSet>",
        "<DATASET><METADATA><TABLE>DEB</TABLE></METADATA><DATA><ZKSL>a</ZKSL></DATA></DATASET>",
    ],
)
def test_it_refuses_a_dataset_of_another_shape(office: Any, message: Any, dataset: str) -> None:
    assert message(office.call("CREATESTAMTABELRECORD", STAMTABEL=dataset))
