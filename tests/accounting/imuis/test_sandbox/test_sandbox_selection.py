"""GETSTAMTABELRECORDS and GETADMINFO."""

from typing import Any

import pytest

TAGS = (
    "TABLE", "SELECTFIELDS", "WHEREFIELDS", "WHEREOPERATORS", "WHEREVALUES", "ORDERBY", "MAXRESULT", "PAGESIZE",
    "SELECTPAGE",
)  # fmt: skip


def test_it_answers_the_example_list(office: Any, rows: Any) -> None:
    asked = """<NewDataSet><Table1><TABLE>GRB</TABLE><SELECTFIELDS>NR\tOMSCHR\tBLOK</SELECTFIELDS>
<WHEREFIELDS>NR</WHEREFIELDS><WHEREOPERATORS>&gt;</WHEREOPERATORS><WHEREVALUES>0</WHEREVALUES>
<ORDERBY>NR</ORDERBY><MAXRESULT>0</MAXRESULT><PAGESIZE>1000</PAGESIZE><SELECTPAGE>1</SELECTPAGE></Table1></NewDataSet>"""
    root = office.call("GETSTAMTABELRECORDS", SELECTIE=asked)
    found = rows(root)
    assert {"NR": "8000", "OMSCHR": "Omzet webshop", "BLOK": "N"} in found
    assert [row["NR"] for row in found] == sorted((row["NR"] for row in found), key=int)
    counted = {cell.tag: cell.text for cell in root.find("METADATA")}
    assert counted == {"TABLE": "GRB", "RECORDCOUNT": str(len(found)), "TOTALPAGES": "1"}


@pytest.mark.parametrize(
    ("table", "columns", "where", "expected"),
    [
        ("BTW", "NR ZKSL OMSCHR PERC BTWBER BLOK", "NR", ["2", "hoog", "Af te dragen hoog", "21", "I", "N"]),
        ("DAGBOEK", "NR ZKSL OMSCHR SRT BLOK", "NR", ["41", "webshop", "Verkopen webshop", "V", "N"]),
        ("ARTGRP", "NR ZKSL OMSCHR GRBOMZ", "NR", ["29", "webshop", "Webshopartikelen", "8000"]),
        ("ORDSRT", "HROW ZKSL OMSCHR", "HROW", ["3", "webshoporder", "Webshop order"]),
        ("LAND", "ZKSL ISO OMSCHR BTWPL", "", ["BE", "BE", "België", "I"]),
        ("BETCOND", "NR ZKSL VERVDGN", "NR", ["1", "14dagen", "14"]),
    ],
)
def test_it_holds_the_lists_that_are_set_up(
    office: Any, rows: Any, table: str, columns: str, where: str, expected: list[str]
) -> None:
    condition = (where, ">" if where else "", "0" if where else "")
    found = rows(office.select(table, columns.replace(" ", "\t"), condition))
    assert expected in [list(row.values()) for row in found]


@pytest.mark.parametrize("missing", TAGS)
def test_it_wants_every_tag(office: Any, message: Any, missing: str) -> None:
    tags = dict.fromkeys(TAGS, "") | {"TABLE": "DEB", "SELECTFIELDS": "NR"}
    asked = "".join(f"<{tag}>{text}</{tag}>" for tag, text in tags.items() if tag != missing)
    root = office.call("GETSTAMTABELRECORDS", SELECTIE=f"<NewDataSet><Table1>{asked}</Table1></NewDataSet>")
    assert message(root) == f"De selectie is incompleet, zie veld: {missing}"


def test_it_takes_empty_tags_and_the_flat_form(office: Any, rows: Any) -> None:
    tags = dict.fromkeys(TAGS, "") | {"TABLE": "BETCOND", "SELECTFIELDS": "NR", "MUTDATE_VA": "01-01-2016"}
    asked = "".join(f"<{tag}>{text}</{tag}>" for tag, text in tags.items())
    for dataset in (f"<DATASET>{asked}</DATASET>", f"<NewDataSet><Table1>{asked}</Table1></NewDataSet>"):
        assert rows(office.call("GETSTAMTABELRECORDS", SELECTIE=dataset)) == [{"NR": "1"}]


@pytest.mark.parametrize("table", ["VORD", "VERZ", "ORDREG", "DAGB", "JOURNAALPOST", "CRED", "deb", ""])
def test_it_refuses_an_unknown_table(office: Any, message: Any, table: str) -> None:
    assert message(office.select(table, "NR")) == f"Tabel {table} bestaat niet."


@pytest.mark.parametrize("table", ["GRBMUT", "DEBOPP", "CREOPP", "TAAL", "VAL", "KPL", "KDR", "DOSSIER", "PRS"])
def test_it_knows_the_other_tables(office: Any, rows: Any, table: str) -> None:
    assert rows(office.select(table, "*")) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": "NR\tKLEUR"},
        {"where": ("KLEUR", "=", "rood")},
        {"where": ("NR;KLEUR", "=", "1")},
        {"ORDERBY": "KLEUR"},
    ],
)
def test_it_names_an_unknown_column(office: Any, message: Any, changes: dict[str, Any]) -> None:
    root = office.select("DEB", **({"columns": "NR"} | changes))
    assert message(root) == "Kolom KLEUR bestaat niet in DEB."


@pytest.fixture
def debtors(office: Any) -> Any:
    for name, town in (("Jansen", "Arnhem"), ("De Vries", "Arnhem"), ("Bakker", "Zeist")):
        office.debtor(ZKSL=name, NAAM=name, PLAATS=town, EMAIL=f"{name}@mail.example")
    return office


@pytest.mark.parametrize(
    ("where", "names"),
    [
        (("EMAIL", "=", "jansen@MAIL.example"), ["Jansen"]),
        (("EMAIL", "=", "nobody@mail.example"), []),
        (("PLAATS", "=", "arnhem"), ["Jansen", "De Vries"]),
        (("NR", ">", "9999"), ["Jansen", "De Vries", "Bakker"]),
        (("NR", ">=", "13318"), ["De Vries", "Bakker"]),
        (("NR", "<", "13318"), ["Jansen"]),
        (("NR", "<=", "13318"), ["Jansen", "De Vries"]),
        (("NAAM", "LIKE", "%a%e%"), ["Jansen", "Bakker"]),
        (("NAAM", "LIKE", "jansen"), ["Jansen"]),
        (("NAAM", "like", "jan"), []),
        (("NAAM\tPLAATS", "=\t=", "Jansen\tArnhem"), ["Jansen"]),
        (("NAAM\tPLAATS", "=\t=", "Jansen\tZeist"), []),
        (("NAAM;PLAATS", "=;=", "Bakker;Zeist"), ["Bakker"]),
        (("NAAM,PLAATS", "=", "Zeist"), ["Bakker"]),
        (("NAAM;PLAATS", "=", "Jansen"), ["Jansen"]),
        (("NAAM\tPLAATS", "=", "Arnhem"), ["Jansen", "De Vries"]),
        (("NAAM,ZKSL\tPLAATS", "LIKE\t=", "%a%\tArnhem"), ["Jansen"]),
        (("HNR", "<", "99999"), []),
    ],
)
def test_it_selects(debtors: Any, rows: Any, where: tuple[str, str, str], names: list[str]) -> None:
    root = debtors.select("DEB", "NAAM", where, ORDERBY="NR")
    assert [row["NAAM"] for row in rows(root)] == names
    assert root.findtext("METADATA/RECORDCOUNT") == str(len(names))


@pytest.mark.parametrize(
    "where",
    [
        ("NR", "<>", "1"),
        ("NR", "", "1"),
        ("NR", ">", "x"),
        ("NR", ">", "1.5"),
        ("NR\tNAAM", "=\t=", "1"),
        ("NR", "=\t=", "1\t2"),
        ("", "=", "1"),
    ],
)
def test_it_refuses_a_condition_that_means_nothing(debtors: Any, message: Any, where: tuple[str, str, str]) -> None:
    assert message(debtors.select("DEB", "NR", where))


def test_it_orders_and_pages(debtors: Any, rows: Any) -> None:
    page = {"ORDERBY": "PLAATS;NAAM", "PAGESIZE": "2"}
    first, second, third = (debtors.select("DEB", "NAAM", SELECTPAGE=number, **page) for number in "123")
    assert [row["NAAM"] for row in (*rows(first), *rows(second))] == ["De Vries", "Jansen", "Bakker"]
    assert {root.findtext("METADATA/TOTALPAGES") for root in (first, second, third)} == {"2"}
    assert (rows(third), third.findtext("METADATA/RECORDCOUNT")) == ([], "3")


def test_it_gives_no_more_than_was_asked(debtors: Any, rows: Any) -> None:
    root = debtors.select("DEB", "NAAM", ORDERBY="NR", MAXRESULT="1")
    assert [row["NAAM"] for row in rows(root)] == ["Jansen"]
    assert root.findtext("METADATA/RECORDCOUNT") == "3"


@pytest.mark.parametrize("wrong", [{"PAGESIZE": "0"}, {"SELECTPAGE": "0"}, {"PAGESIZE": "x"}, {"MAXRESULT": "-1"}])
def test_it_refuses_pages_that_cannot_be(debtors: Any, message: Any, wrong: dict[str, str]) -> None:
    assert message(debtors.select("DEB", "NR", **wrong))


def test_it_gives_all_columns_and_leaves_empty_ones_empty(debtors: Any, rows: Any) -> None:
    row = rows(debtors.select("DEB", "*", ("NAAM", "=", "Bakker")))[0]
    assert (row["NR"], row["BTWPL"], row["STRAAT"], row["BLOK"]) == ("13319", "B", "", "N")


def test_it_keeps_administrations_apart(debtors: Any, rows: Any) -> None:
    debtors.start(code="77")
    assert rows(debtors.select("DEB", "NR")) == []


def test_it_reads_numbers_out_as_set(fresh: Any, rows: Any) -> None:
    fresh.start(decimals=".")
    fresh.item(VERKPR="12,39")
    assert rows(fresh.select("ART", "VERKPR;OMSCHR")) == [{"VERKPR": "12.39", "OMSCHR": "Koffiemok blauw"}]


def test_it_lists_countries_by_their_own_keys(fresh: Any, rows: Any) -> None:
    fresh.start(land="NED")
    found = rows(fresh.select("LAND", "ZKSL\tISO", ("ISO", "=", "nl")))
    assert found == [{"ZKSL": "NED", "ISO": "NL"}]


def test_it_tells_the_ranges_of_numbers(office: Any, rows: Any) -> None:
    asked = "AANTPER\tONDERGRB\tBOVENGRB\tONDERDEB\tBOVENDEB\tONDERCRE\tBOVENCRE"
    row = rows(office.admin_info("BASFIN", asked))[0]
    assert row["AANTPER"] == "12"
    assert int(row["ONDERDEB"]) <= int(office.debtor()) <= int(row["BOVENDEB"])


@pytest.mark.parametrize(
    ("chosen", "period", "expected"),
    [
        ({}, "2", ("01-02-2026", "28-02-2026")),
        ({"periods": 4}, "4", ("01-10-2026", "31-12-2026")),
        ({"periods": 1}, "1", ("01-01-2026", "31-12-2026")),
        ({"periods": 13}, "2", ("29-01-2026", "25-02-2026")),
        ({"periods": 13}, "13", ("03-12-2026", "31-12-2026")),
        ({"first_month": 7}, "12", ("01-06-2027", "30-06-2027")),
        ({"periods": 4, "first_month": 7}, "3", ("01-01-2027", "31-03-2027")),
    ],
)
def test_it_tells_the_dates_of_periods(
    fresh: Any, rows: Any, chosen: dict[str, Any], period: str, expected: tuple[str, str]
) -> None:
    fresh.start(**chosen)
    found = rows(fresh.admin_info("PERIODEDATUMS", "JR\tPN\tDATVAN\tDATTM"))
    assert [(row["DATVAN"], row["DATTM"]) for row in found if (row["JR"], row["PN"]) == ("2026", period)] == [expected]


def test_it_tells_which_periods_are_closed(office: Any, rows: Any) -> None:
    asked = "JRAFGESL\tPNAFGESL\tJRAFGESLGEBR\tPNAFGESLGEBR"
    assert set(rows(office.admin_info("PERIODEINFO", asked))[0].values()) == {""}
    office.own("PATCH", "", {"closed": [2025, 12], "closed_for_users": [2026, 2]})
    assert list(rows(office.admin_info("PERIODEINFO", asked))[0].values()) == ["2025", "12", "2026", "2"]


def test_it_tells_about_the_administration(fresh: Any, rows: Any, message: Any) -> None:
    fresh.start(preset="bakery")
    assert rows(fresh.admin_info("BASALG", "NAAM")) == [{"NAAM": "Bakkerij De Gouden Korst"}]
    kinds = [row["BTWSRT"] for row in rows(fresh.admin_info("BASARTBTW", "BTWSRT"))]
    assert kinds == ["G", "V", "L", "H"]
    assert rows(fresh.admin_info("BASVK", "*"))
    assert message(fresh.admin_info("BASFIN", "SPLITS")) == "Kolom SPLITS bestaat niet in BASFIN."
    assert message(fresh.admin_info("BASX", "NR")) == "Tabel BASX bestaat niet."
