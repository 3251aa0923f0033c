"""Datasets in and out. What is refused is answered with HTTP 200 and NewDataSet/ERROR/MESSAGE."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.http import HttpResponse


class Refused(Exception):
    """A functional error; its text goes to the caller."""


def read_dataset(text: str) -> Element:
    """The dataset of a form field: XML without DTD or entities of its own."""
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Refused("Een DTD of entiteit is in een dataset niet toegestaan.") from error
    except ParseError as error:
        raise Refused(f"De dataset is geen geldige XML: {error}") from error
    return root


def columns_of(table: Element) -> dict[str, str]:
    """The columns of one row as sent; each at most once and without elements inside."""
    columns: dict[str, str] = {}
    for element in table:
        if element.tag in columns or len(element):
            raise Refused(f"Kolom {element.tag} van {table.tag} is niet leesbaar.")
        columns[element.tag] = element.text or ""
    return columns


def new_dataset() -> Element:
    return Element("NewDataSet")


def add_row(parent: Element, name: str, columns: Mapping[str, object]) -> Element:
    row = SubElement(parent, name)
    for column, value in columns.items():
        SubElement(row, column).text = str(value)
    return row


def answer(root: Element) -> HttpResponse:
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="text/xml; charset=utf-8")


def refusal(message: str) -> HttpResponse:
    root = new_dataset()
    add_row(root, "ERROR", {"MESSAGE": message})
    return answer(root)
