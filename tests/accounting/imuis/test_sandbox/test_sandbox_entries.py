"""CREATEJOURNAALPOST."""

from typing import Any
from xml.etree.ElementTree import Element

import pytest

EXAMPLE = """<NewDataSet>
<BOE><JR>2026</JR><PN>3</PN><DAGB>41</DAGB><REK>13317</REK><TEGREK>2975</TEGREK><BTW>0</BTW><BEDRBOEK>50,08</BEDRBOEK>
 <DAT>01-03-2026</DAT><FACT>14194</FACT><OMSCHR>W14194</OMSCHR><BOEKSTUK>W14194</BOEKSTUK></BOE>
<BOE><JR>2026</JR><PN>3</PN><DAGB>41</DAGB><REK>8000</REK><TEGREK>2975</TEGREK><BTW>2</BTW><AANT>1</AANT><BEDRBOEK>-14,99</BEDRBOEK>
 <BEDRBTW>-2,60</BEDRBTW><DAT>01-03-2026</DAT><OMSCHR>Koffiemok blauw</OMSCHR><BOEKSTUK>14194</BOEKSTUK></BOE>
<BOE><JR>2026</JR><PN>3</PN><DAGB>41</DAGB><REK>8000</REK><TEGREK>2975</TEGREK><BTW>2</BTW><AANT>1</AANT><BEDRBOEK>-35,09</BEDRBOEK>
 <BEDRBTW>-6,09</BEDRBTW><DAT>01-03-2026</DAT><OMSCHR>Theepot groen</OMSCHR><BOEKSTUK>14194</BOEKSTUK></BOE>
</NewDataSet>"""


@pytest.fixture
def office(office: Any) -> Any:
    assert office.debtor() == "13317"
    return office


def row(**changes: str) -> dict[str, str]:
    plain = {"JR": "2026", "PN": "3", "DAGB": "41", "REK": "13317", "TEGREK": "2975", "BTW": "0", "BEDRBOEK": "12,10"}
    plain |= {"DAT": "01-03-2026", "FACT": "7", "OMSCHR": "W7", "BOEKSTUK": "W7"} | changes
    return {name: value for name, value in plain.items() if value != "-"}


def detail(**changes: str) -> dict[str, str]:
    return row(**({"REK": "8000", "BTW": "2", "BEDRBOEK": "-12,10", "BEDRBTW": "-2,10", "FACT": "-"} | changes))


def warning(root: Element) -> str:
    assert root.find("ERROR") is None, root.findtext("ERROR/MESSAGE")
    return "".join(found.text or "" for found in root.iter("BOE_WARNING"))


def test_it_books_the_entry_of_the_example(office: Any, rows: Any) -> None:
    root = office.call("CREATEJOURNAALPOST", JOURNAALPOST=EXAMPLE)
    assert [part.tag for part in root] == ["BOE"] * 3 + ["TABEL"] * 3
    first = {cell.tag: cell.text or "" for cell in root[0]}
    assert {"REK": "13317", "BEDRBOEK": "50,08", "FACT": "14194", "RG": "5", "BOE_WARNING": ""}.items() <= first.items()
    assert [key.text for key in root.iter("PRIMARYKEY")] == [f"41\t2026\t3\t{line}" for line in (5, 10, 15)]
    where = ("JR\tPN\tBOEKSTUK", "=\t=\t=", "2026\t3\tw14194")
    found = rows(office.select("BOE", "REK\tDAT\tBEDRBOEK\tBEDRBTW\tDAGB\tRG", where))
    expected = {"REK": "13317", "DAT": "01-03-2026", "BEDRBOEK": "50,08", "BEDRBTW": "", "DAGB": "41", "RG": "5"}
    assert found == [expected]
    (entry,) = office.own("GET", "entries")["entries"]
    assert [line["BEDRBOEK"] for line in entry] == ["50,08", "-14,99", "-35,09"]


def test_it_goes_on_numbering_lines_within_the_period(office: Any) -> None:
    office.entry(row(), detail())
    assert office.entry(row(), detail())[0].findtext("RG") == "15"
    assert office.entry(row(PN="4"), detail(PN="4"))[0].findtext("RG") == "5"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"DAGB": "99"}, "Dagboek 99 bestaat niet."),
        ({"DAGB": "49"}, "Dagboek 49 is geblokkeerd."),
        ({"DAGB": "-"}, "Kolom DAGB van BOE is verplicht."),
        ({"REK": "13318"}, "Debiteur 13318 bestaat niet."),
        ({"REK": "8001"}, "Grootboekrekening 8001 bestaat niet."),
        ({"REK": "8990"}, "Grootboekrekening 8990 is geblokkeerd."),
        ({"REK": "9000002"}, "Crediteur 9000002 bestaat niet."),
        ({"REK": "99999999"}, "Rekening 99999999 bestaat niet."),
        ({"REK": "-"}, "Kolom REK van BOE is verplicht."),
        ({"TEGREK": "2976"}, "Grootboekrekening 2976 bestaat niet."),
        ({"TEGREK": "8990"}, "Grootboekrekening 8990 is geblokkeerd."),
        ({"TEGREK": "0"}, "Grootboekrekening 0 bestaat niet."),
        ({"TEGREK": "-"}, "Kolom TEGREK van BOE is verplicht."),
        ({"BTW": "19"}, "BTW-code 19 bestaat niet."),
        ({"BTW": "3"}, "BTW-code 3 is geblokkeerd."),
        ({"BTW": "9"}, "BTW-code 9 is geblokkeerd."),
        ({"BTW": "121"}, "langer dan 2"),
        ({"DAT": "2026-03-01"}, "Kolom DAT van BOE heeft een ongeldige waarde: 2026-03-01"),
        ({"DAT": "1-3-2026"}, "ongeldige waarde"),
        ({"DAT": "01/03/2026"}, "ongeldige waarde"),
        ({"DAT": "30-02-2026"}, "ongeldige waarde"),
        ({"DAT": "-"}, "Kolom DAT van BOE is verplicht."),
        ({"JR": "-"}, "Kolom JR van BOE is verplicht."),
        ({"PN": "-"}, "Kolom PN van BOE is verplicht."),
        ({"PN": "0"}, "Periode 0 bestaat niet in boekjaar 2026."),
        ({"PN": "13"}, "Periode 13 bestaat niet in boekjaar 2026."),
        ({"PN": "15"}, "Periode 15 bestaat niet in boekjaar 2026."),
        ({"BEDRBOEK": "-"}, "Kolom BEDRBOEK van BOE is verplicht."),
        ({"BEDRBOEK": "12.10"}, "Kolom BEDRBOEK van BOE heeft een ongeldige waarde: 12.10"),
        ({"BEDRBOEK": "1.012,10"}, "ongeldige waarde"),
        ({"BEDRBOEK": "12,101"}, "ongeldige waarde"),
        ({"BEDRBOEK": "12,"}, "ongeldige waarde"),
        ({"BEDRBOEK": "12,10-"}, "ongeldige waarde"),
        ({"BEDRBOEK": "+12,10"}, "ongeldige waarde"),
        ({"BEDRBTW": "2.10"}, "ongeldige waarde"),
        ({"AANT": "1.5"}, "ongeldige waarde"),
        ({"FACT": "1" * 21}, "langer dan 20"),
        ({"BOEKSTUK": "W" * 21}, "langer dan 20"),
        ({"OMSCHR": "x" * 41}, "langer dan 40"),
        ({"OPM": "x" * 251}, "langer dan 250"),
        ({"RG": "5"}, "Kolom RG van BOE wordt door de administratie bepaald."),
        ({"BOE_WARNING": ""}, "Kolom BOE_WARNING bestaat niet in BOE."),
        ({"KLEUR": "rood"}, "Kolom KLEUR bestaat niet in BOE."),
    ],
)
def test_it_refuses_a_wrong_row_and_books_nothing(
    office: Any, message: Any, changes: dict[str, str], text: str
) -> None:
    assert text in message(office.entry(row(**changes), detail()))
    assert office.own("GET", "entries")["entries"] == []


@pytest.mark.parametrize("amount", ["12", "12,1", "12,10"])
def test_it_reads_money_with_a_comma(office: Any, amount: str) -> None:
    assert warning(office.entry(row(BEDRBOEK=amount), detail(BEDRBOEK=f"-{amount}"))) == ""


def test_it_refuses_a_blocked_debtor(office: Any, message: Any) -> None:
    office.own("PATCH", "debtors/13317", {"BLOK": "J"})
    assert message(office.entry(row(), detail())) == "Debiteur 13317 is geblokkeerd."


def test_it_books_to_a_creditor(office: Any) -> None:
    assert warning(office.entry(row(REK="9000001"), detail())) == ""


@pytest.mark.parametrize(
    "dataset", ["<NewDataSet />", "<NewDataSet><DATA /></NewDataSet>", "<DATASET><BOE /></DATASET>"]
)
def test_it_wants_rows(office: Any, message: Any, dataset: str) -> None:
    assert message(office.call("CREATEJOURNAALPOST", JOURNAALPOST=dataset)) == "De dataset bestaat uit een of meer BOE."


@pytest.mark.parametrize("other", [{"DAGB": "40"}, {"PN": "4"}, {"JR": "2025"}])
def test_it_keeps_an_entry_in_one_place(office: Any, message: Any, other: dict[str, str]) -> None:
    assert "een dagboek, boekjaar en periode" in message(office.entry(row(), detail(**other)))


@pytest.mark.parametrize(("periods", "allowed"), [(1, ["1", "14"]), (4, ["4", "14"]), (13, ["13", "14"])])
def test_it_knows_the_periods_of_the_administration(
    office: Any, message: Any, periods: int, allowed: list[str]
) -> None:
    office.own("PATCH", "", {"periods": periods})
    for period in allowed:
        assert warning(office.entry(row(PN=period), detail(PN=period))) == ""
    beyond = str(periods + 2)
    assert "bestaat niet" in message(office.entry(row(PN=beyond), detail(PN=beyond)))


def test_it_refuses_only_what_is_closed_definitively(office: Any, message: Any) -> None:
    office.own("PATCH", "", {"closed": [2026, 2], "closed_for_users": [2026, 3]})
    assert warning(office.entry(row(PN="3"), detail(PN="3"))) == ""
    root = office.entry(row(PN="2"), detail(PN="2"))
    assert message(root) == "Periode 2 van boekjaar 2026 is definitief afgesloten."
    assert "definitief" in message(office.entry(row(JR="2025", PN="12"), detail(JR="2025", PN="12")))


UNBALANCED = "De splitsingsrekening 2975 komt niet op nul: "


@pytest.mark.parametrize(
    ("total", "details", "left"),
    [
        ("12,10", [{}], ""),
        ("-12,10", [{"BEDRBOEK": "12,10", "BEDRBTW": "2,10"}], ""),
        ("12,10", [{"BTW": "12", "BEDRBOEK": "-10,00"}], ""),
        ("12,10", [{"BTW": "12"}], "2,10"),
        ("12,10", [{"BEDRBOEK": "-10,00"}], "-2,10"),
        ("12,11", [{}], "-0,01"),
        ("24,20", [{}, {"BTW": "12", "BEDRBOEK": "-10,00"}], ""),
    ],
)
def test_it_warns_when_the_split_does_not_return_to_zero(
    office: Any, total: str, details: list[dict[str, str]], left: str
) -> None:
    root = office.entry(row(BEDRBOEK=total), *(detail(**changes) for changes in details))
    assert warning(root) == (f"{UNBALANCED}{left}." if left else "")


def test_it_counts_the_debtors_own_vat_amount(office: Any) -> None:
    """A code may stand on the total row in the place of the details."""
    total, split = row(BTW="12", BEDRBOEK="10,00", BEDRBTW="2,10"), detail(BTW="0", BEDRBTW="-")
    assert warning(office.entry(total, split)) == ""


def test_it_looks_at_each_split_account(office: Any) -> None:
    root = office.entry(row(), detail(TEGREK="2000"))
    assert warning(root) == f"{UNBALANCED}-12,10. {UNBALANCED.replace('2975', '2000')}12,10."


def test_it_refuses_an_unbalanced_split_where_it_is_set_to(office: Any, message: Any) -> None:
    office.own("PATCH", "", {"refuses_unbalanced": True})
    assert message(office.entry(row(), detail(BEDRBOEK="-12,00"))) == f"{UNBALANCED}-0,10."
    assert office.own("GET", "entries")["entries"] == []


def test_it_takes_a_single_row_for_a_simple_entry(office: Any) -> None:
    assert warning(office.entry(row(TEGREK="8000", BTW="2", BEDRBTW="-2,10"))) == ""


def test_it_gives_an_invoice_number_where_none_is_given(office: Any) -> None:
    first, second = (office.entry(row(FACT="-"), detail()) for _ in range(2))
    assert [root[0].findtext("FACT") for root in (first, second)] == ["26100001", "26100002"]
    assert first[1].findtext("FACT") is None
    assert office.entry(row(FACT="7"), detail())[0].findtext("FACT") == "7"
    assert office.entry(row(FACT="", DAGB="90"), detail(DAGB="90"))[0].findtext("FACT") == ""


def test_it_books_the_same_document_again_and_counts_it(office: Any) -> None:
    for _ in range(2):
        office.entry(row(), detail(BOEKSTUK="7"))
    assert len(office.own("GET", "entries")["entries"]) == 2
    assert office.own("GET", "repeats")["repeats"] == [{"kind": "entry", "value": "W7", "created": 2, "refused": 0}]
