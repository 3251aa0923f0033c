"""The XML of iMUIS, a dataset: rows of columns under a root whose name does not matter."""

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from defusedxml import ElementTree as SafeTree

Row = tuple[str, Mapping[str, str]]

# What XML 1.0 can't hold. A carriage return too: whoever reads it gets a line feed.
UNWRITABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """The text without what XML has no way to write: control characters and halves of characters."""
    return UNWRITABLE.sub("", text)


def dataset(*rows: Row) -> str:
    """A dataset of rows, each the name of its table and its columns, in their order. An empty column is written as an
    empty element, since a selection must name all of its parts."""
    root = ElementTree.Element("NewDataSet")
    for table, columns in rows:
        row = ElementTree.SubElement(root, table)
        for name, value in columns.items():
            ElementTree.SubElement(row, name).text = writable(value)
    return ElementTree.tostring(root, encoding="unicode")


def parse(body: bytes) -> list[tuple[str, dict[str, str]]]:
    """The rows of an answer: table and columns, names in capitals, texts without the spaces around them. What stands
    under the root without columns of its own is a row that has itself as its only column.

    Raises ValueError for anything that is not XML, and for a document type or entities.
    """
    try:
        root = SafeTree.fromstring(body, forbid_dtd=True)
    except (ElementTree.ParseError, LookupError) as error:
        raise ValueError(f"not a dataset: {error}") from None
    return [(_name(row), {_name(column): (column.text or "").strip() for column in row or [row]}) for row in root]


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2].upper()
