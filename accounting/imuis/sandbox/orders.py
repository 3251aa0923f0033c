"""CREATEVERKOOPORDER: a header and lines without VAT; the order adds the VAT of its items itself."""

from collections import defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from integrations.sandbox import Row

from .checking import amount, as_money, checked, day_of, require, usable
from .columns import TABLES
from .envelope import Refused, add_row, columns_of, new_dataset
from .memory import books, count_repeat

CENT = Decimal("0.01")
RATES = {"H": Decimal(21), "L": Decimal(9), "V": Decimal(0), "G": Decimal(0)}
WITHOUT_VAT = "IUNV"
COSTS = {"BEDRORDKST": "BEDRORDKSTGEWIJZ", "BEDRVRACHTKST": "BEDRVRACHTKSTWZ"}
HEADER_DEFAULTS = {"NEGAANT": "N", "VAL": "EUR", "ORDSRT": "standaard"}


def create(administration: Row, root: Element) -> Element:
    """Header and lines as sent, with NR, RG, ORDNR and STATUS."""
    if root.tag != "NewDataSet" or [part.tag for part in root] != ["ORDKOP"] + ["ORDRG"] * (len(root) - 1):
        raise Refused("De dataset bestaat uit een ORDKOP en daarna een of meer ORDRG.")
    if len(root) < 2:
        raise Refused("Een order heeft ten minste een ORDRG.")
    owner = administration["id"]
    given_header, *given_lines = [columns_of(part) for part in root]
    header = checked_header(owner, given_header)
    lines = [checked_line(owner, header, columns) for columns in given_lines]
    keep(owner, header, lines)
    return answer(administration, (given_header, header), list(zip(given_lines, lines, strict=True)))


def checked_header(administration: int, given: dict[str, str]) -> Row:
    header = checked(administration, "ORDKOP", given, assigned=("NR",))
    require("ORDKOP", header, "DEB")
    debtor = usable(administration, "DEB", header["DEB"])
    today = f"{datetime.now(ZoneInfo('Europe/Amsterdam')):%d-%m-%Y}"
    header = HEADER_DEFAULTS | {"BTWPL": debtor["BTWPL"], "DAT": today} | header
    usable(administration, "ORDSRT", header["ORDSRT"])
    return header | {flag: "J" for cost, flag in COSTS.items() if cost in header}


def checked_line(administration: int, header: Row, given: dict[str, str]) -> Row:
    line = checked(administration, "ORDRG", given, assigned=("RG", "ORDNR", "STATUS"))
    require("ORDRG", line, "ART", "AANT")
    item = usable(administration, "ART", line["ART"])
    if item["BLOKVRK"] == "J":
        raise Refused(f"Artikel {line['ART']} is geblokkeerd.")
    if amount(line["AANT"]) < 0 and header["NEGAANT"] != "J":
        raise Refused(f"Een negatief aantal van artikel {line['ART']} is niet toegestaan.")
    price = {} if "PRSINCL" in line else {"PRS": item["VERKPR"]}
    return price | {"BTWSRT": item["BTW"], "OMSCHR": item["OMSCHR"]} | line


def keep(administration: int, header: Row, lines: list[Row]) -> None:
    year = day_of(header["DAT"]).year
    header["NR"] = str(books.next_number(administration, f"order {year}", year * 100_000 + 1))
    for index, line in enumerate(lines, 1):
        line |= {"RG": str(5 * index), "ORDNR": header["NR"], "STATUS": "O"}
        key = f"{header['NR']}\t{line['RG']}"
        books.enter("ORDRG", administration, key, dict.fromkeys(TABLES["ORDRG"], "") | line)
    books.enter("ORDKOP", administration, header["NR"], dict.fromkeys(TABLES["ORDKOP"], "") | header)
    count_repeat(administration, "order", f"{header.get('EXTORDNR', '')} {header.get('KENM', '')}".strip(), "created")


def answer(administration: Row, header: tuple[Row, Row], lines: list[tuple[Row, Row]]) -> Element:
    root = new_dataset()
    given, kept = header
    flags = {flag: "J" for flag in COSTS.values() if flag in kept}
    add_row(root, "ORDKOP", given | flags | {"NR": kept["NR"]})
    for sent, line in lines:
        add_row(root, "ORDRG", sent | {name: line[name] for name in ("RG", "ORDNR", "STATUS")})
    add_row(root, "INPUT", {"DOMEIN": f"d{administration['id']}", "ADM": administration["id"]})
    return root


def lines_of(order: Row) -> list[Row]:
    return books.find("ORDRG", order["administration"], "ORDNR", order["NR"])


def rate_of(order: Row, line: Row) -> Decimal:
    """The item's rate, where the buyer is charged VAT at all."""
    if order["BTWPL"] in WITHOUT_VAT:
        return Decimal(0)
    return min(RATES[line["BTWSRT"]], RATES["L"]) if order["BTWPL"] == "L" else RATES[line["BTWSRT"]]


def net_of(order: Row, line: Row) -> Decimal:
    """The line without VAT, in cents: quantity times price, less the line's discount."""
    rate = rate_of(order, line)
    price = amount(line["PRS"]) if line["PRS"] else amount(line["PRSINCL"]) * 100 / (100 + rate)
    return cents(amount(line["AANT"]) * price * (100 - amount(line["PERCKORT"])) / 100)


def totals(order: Row) -> dict[str, str]:
    """Net, VAT and gross of the whole order: VAT over the sum per rate, costs at the highest rate of the lines."""
    nets: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for line in lines_of(order):
        nets[rate_of(order, line)] += net_of(order, line)
    for cost in COSTS:
        nets[max(nets)] += amount(order[cost])
    net = sum(nets.values(), Decimal(0))
    vat = sum((cents(value * rate / 100) for rate, value in nets.items()), Decimal(0))
    return {"net": as_money(net), "vat": as_money(vat), "gross": as_money(net + vat)}


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
