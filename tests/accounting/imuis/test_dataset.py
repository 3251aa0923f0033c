"""Datasets, written and read."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.imuis.dataset import dataset, parse, writable


def test_it_writes_rows_in_their_order() -> None:
    xml = dataset(("METADATA", {"TABLE": "DEB"}), ("DATA", {"ZKSL": "jansen", "NAAM": "A. Jansen"}))
    assert xml == (
        "<NewDataSet><METADATA><TABLE>DEB</TABLE></METADATA>"
        "<DATA><ZKSL>jansen</ZKSL><NAAM>A. Jansen</NAAM></DATA></NewDataSet>"
    )


def test_it_writes_an_empty_column_that_it_is_given() -> None:
    assert dataset(("Table1", {"ORDERBY": ""})) == "<NewDataSet><Table1><ORDERBY /></Table1></NewDataSet>"


def test_it_keeps_the_tabs_between_the_parts_of_a_selection() -> None:
    assert "<SELECTFIELDS>NR\tOMSCHR</SELECTFIELDS>" in dataset(("Table1", {"SELECTFIELDS": "NR\tOMSCHR"}))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Mok & schotel <groot>", "Mok &amp; schotel &lt;groot&gt;"),
        ('"Piet\'s" €5 ☕ 🎁', '"Piet\'s" €5 ☕ 🎁'),
        ("]]>", "]]&gt;"),
        ("a\x00\x01\x08\x0b\x0c\x1f\rb", "ab"),
        ("half \ud83c of a character", "half  of a character"),
        ("\ufffe\uffff", ""),
    ],
)
def test_it_writes_every_text_as_xml(text: str, written: str) -> None:
    row = f"<NAAM>{written}</NAAM>" if written else "<NAAM />"
    assert dataset(("DATA", {"NAAM": text})) == f"<NewDataSet><DATA>{row}</DATA></NewDataSet>"


@given(st.lists(st.text(st.characters(exclude_categories=[])), min_size=1))
def test_every_text_is_read_as_it_was_written(texts: list[str]) -> None:
    rows = [("BOE", {"OMSCHR": text}) for text in texts]
    read = parse(dataset(*rows).encode())
    assert read == [("BOE", {"OMSCHR": writable(text).strip()}) for text in texts]


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (b"<NewDataSet />", []),
        (b"<DATASET><SESSION><SESSIONID>7/4@d;CSW</SESSIONID></SESSION></DATASET>", [("SESSION", "7/4@d;CSW")]),
        (
            b"<a><ERROR><MESSAGE> Dagboek 99 bestaat niet. </MESSAGE></ERROR></a>",
            [("ERROR", "Dagboek 99 bestaat niet.")],
        ),
        (b"<a><DATA><OMSCHR/></DATA><DATA><OMSCHR></OMSCHR></DATA></a>", [("DATA", ""), ("DATA", "")]),
        (b"<a><ORDNR>39</ORDNR></a>", [("ORDNR", "39")]),
        (b'<a xmlns="https://x.example/"><Data><Nr>1</Nr></Data></a>', [("DATA", "1")]),
        ("<a><DATA><NAAM>Café &amp; €</NAAM></DATA></a>".encode(), [("DATA", "Café & €")]),
        ('<?xml version="1.0" encoding="iso-8859-1"?><a><D><N>Café</N></D></a>'.encode("latin-1"), [("D", "Café")]),
    ],
)
def test_it_reads_rows(body: bytes, rows: list[tuple[str, str]]) -> None:
    assert [(table, next(iter(row.values()))) for table, row in parse(body)] == rows


def test_it_names_columns_in_capitals() -> None:
    assert parse(b"<a><DATA><Nr>1</Nr><OMSCHR>x</OMSCHR></DATA><ordnr>5</ordnr></a>") == [
        ("DATA", {"NR": "1", "OMSCHR": "x"}),
        ("ORDNR", {"ORDNR": "5"}),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"Service Unavailable",
        b"<html><body><p>busy</body></html>",
        b"<a><b></a>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a [<!ENTITY e "x">]><a><D><N>&e;</N></D></a>',
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a><D><N>&e;</N></D></a>',
    ],
)
def test_it_refuses_what_is_no_dataset(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        parse(body)
    assert not isinstance(refused.value, ElementTree.ParseError)
