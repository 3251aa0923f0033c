"""What a new administration holds: VAT codes, ledger accounts, journals and the lists that orders need."""

from collections.abc import Iterable, Iterator

from integrations.sandbox import EU_RATES, Row

from .columns import KEYS
from .countries import COUNTRIES
from .memory import books

JOURNAL, SPLIT_ACCOUNT, ORDER_TYPE, ITEM_GROUP = "41", "2975", "webshoporder", "29"

# key of the control path, number, search key, description, percentage, of whom, VAT account
INCLUSIVE = (
    ("NL 9", "1", "laag", "Af te dragen laag", "9", "B", "1510"),
    ("NL 21", "2", "hoog", "Af te dragen hoog", "21", "B", "1500"),
    ("NL 6", "3", "laag6", "Af te dragen laag t/m 2018", "6", "B", "1510"),
    ("NL 0", "4", "nul", "Binnenland 0%", "0", "B", "1500"),
    ("reverse", "5", "verlegd", "Binnen EU verlegd", "0", "I", "1520"),
    ("none", "6", "geen", "Vrijgesteld", "0", "N", "1500"),
    ("margin", "7", "marge", "Margeregeling", "0", "N", "1500"),
    ("export", "20", "export", "Buiten EU 0%", "0", "U", "1520"),
)
EXCLUSIVE = (
    ("NL 9", "11", "laagexcl", "Af te dragen laag exc. 9%", "9", "B", "1510"),
    ("NL 21", "12", "hoogexcl", "Af te dragen hoog exc. 21%", "21", "B", "1500"),
    ("NL 0", "13", "nulexcl", "Binnenland exc. 0%", "0", "B", "1500"),
    ("reverse", "14", "verlegdexcl", "Binnen EU verlegd exc.", "0", "I", "1520"),
    ("none", "15", "geenexcl", "Vrijgesteld exc.", "0", "N", "1500"),
    ("margin", "16", "margeexcl", "Margeregeling exc.", "0", "N", "1500"),
    ("export", "17", "exportexcl", "Buiten EU exc. 0%", "0", "U", "1520"),
    ("DE 19", "97", "de19excl", "DE 19% exc.", "19", "I", "1520"),
    ("BE 21", "98", "be21excl", "BE 21% exc.", "21", "I", "1520"),
    ("FR 20", "99", "fr20excl", "FR 20% exc.", "20", "I", "1520"),
)
BLOCKED_VAT = "3"
PURCHASE_VAT = ("9", "voorhoog", "Te vorderen hoog", "21", "B", "1530")
FIRST_FOREIGN = 21

# key of the control path, number, name
REVENUE = (
    ("webshop", "8000", "Omzet webshop"),
    ("shipping", "8100", "Verzendkosten"),
    ("payment_costs", "8110", "Betaalkosten"),
    ("eu", "8200", "Omzet EU"),
    ("export", "8300", "Export buiten de EU"),
    ("rounding", "8400", "Afrondingsverschillen"),
    ("payment_differences", "8410", "Betalingsverschillen"),
    ("other", "8900", "Overige omzet"),
)
BAKERY_REVENUE = (
    ("bread", "8020", "Brood & gebak (9%)"),
    ("gifts", "8030", "Bakspullen & cadeaus (21%)"),
)
BALANCE = (
    ("1000", "Kas"),
    ("1100", "Bank"),
    ("1200", "Betalingen onderweg"),
    ("1300", "Debiteuren binnenland"),
    ("1305", "Debiteuren binnen EU"),
    ("1307", "Debiteuren buiten EU"),
    ("1400", "Crediteuren"),
    ("1500", "Af te dragen btw hoog"),
    ("1510", "Af te dragen btw laag"),
    ("1520", "Btw buitenland"),
    ("1530", "Te vorderen btw"),
    ("2000", "Splitsingsrekening"),
    (SPLIT_ACCOUNT, "Splitsingsrekening webshop"),
)
CONTROL_ACCOUNTS = ("1300", "1305", "1307", "1400")
BLOCKED_ACCOUNT = ("8990", "Omzet oud")

# number, search key, description, kind, offset account, last invoice number
JOURNALS = (
    ("10", "kas", "Kas", "K", "1000", ""),
    ("20", "bank", "Bank", "B", "1100", ""),
    ("40", "verkoop", "Verkopen", "V", "2000", "26000000"),
    (JOURNAL, "webshop", "Verkopen webshop", "V", SPLIT_ACCOUNT, "26100000"),
    ("49", "oud", "Verkopen oude winkel", "V", "2000", ""),
    ("90", "memoriaal", "Memoriaal", "M", "2000", ""),
)
BLOCKED_JOURNAL = "49"


def add_all(administration: Row) -> None:
    """``without`` leaves out the webshop's own item group or order type, as where the owner never made them."""
    without = administration["without"]
    tables: dict[str, Iterable[Row]] = {
        "BTW": vat_codes(),
        "GRB": accounts(administration["preset"]),
        "DAGBOEK": journals(),
        "LAND": countries(administration["land"]),
        "BETCOND": [{"NR": "1", "ZKSL": "14dagen", "OMSCHR": "Betaling binnen 14 dagen", "VERVDGN": "14"}],
        "LEVCOND": [{"NR": "1", "ZKSL": "standaard", "OMSCHR": "Standaard"}],
        "VERZWZ": [{"NR": "1", "ZKSL": "Shipping Costs", "OMSCHR": "Verzendkosten"}],
        "OPDRWZ": [{"NR": "1", "ZKSL": "webshop", "OMSCHR": "Webshop"}],
        "CRE": [{"NR": "9000001", "ZKSL": "drukkerij", "NAAM": "Drukkerij De Pers", "EMAIL": "", "BLOK": "N"}],
        "ORDSRT": order_types(with_webshop="order_type" not in without),
        "ARTGRP": item_groups(with_webshop="item_group" not in without),
    }
    for table, rows in tables.items():
        for row in rows:
            books.enter(table, administration["id"], row[KEYS[table]], row)


def vat_codes() -> Iterator[Row]:
    for codes, kind in ((INCLUSIVE, "I"), (EXCLUSIVE, "E")):
        for key, *columns in codes:
            yield vat_code(*columns, kind=kind) | {"key": key}
    yield vat_code(*PURCHASE_VAT, kind="I") | {"BLOKDEB": "J"}
    foreign = [(country, rate) for country, rates in EU_RATES.items() for rate in rates]
    for code, (country, rate) in enumerate(foreign, FIRST_FOREIGN):
        search_key, description = f"{country.lower()}{rate}".replace(".", ""), f"{country} {rate}%".replace(".", ",")
        row = vat_code(str(code), search_key, description, rate.replace(".", ","), "I", "1520", kind="I")
        yield row | {"key": f"{country} {rate}"}


def vat_code(code: str, search_key: str, name: str, rate: str, whose: str, account: str, *, kind: str) -> Row:
    row = {"NR": code, "ZKSL": search_key, "OMSCHR": name, "PERC": rate, "BTWBER": kind, "BTWPL": whose}
    blocked = {"BLOK": "J" if code == BLOCKED_VAT else "N", "BLOKDEB": "N", "BLOKCRE": "N"}
    return row | {"BTWICT": "N", "GRB": account, "DATINGANG": "01-01-2019"} | blocked


def accounts(preset: str) -> Iterator[Row]:
    for code, name in BALANCE:
        yield account(code, name, "A" if code < "1400" else "P")
    for key, code, name in (*REVENUE, *(BAKERY_REVENUE if preset == "bakery" else ())):
        yield account(code, name, "O") | {"key": key}
    yield account(*BLOCKED_ACCOUNT, "O") | {"BLOK": "J"}


def account(code: str, name: str, kind: str) -> Row:
    is_control = "J" if code in CONTROL_ACCOUNTS else "N"
    row = {"NR": code, "ZKSL": code, "OMSCHR": name, "APBL": kind, "BTW": "0", "BLOK": "N"}
    return row | {"SLUITREK": is_control, "TONEN": "J"}


def journals() -> Iterator[Row]:
    for code, search_key, name, kind, offset, last in JOURNALS:
        row = {"NR": code, "ZKSL": search_key, "OMSCHR": name, "SRT": kind, "TEGREK": offset, "FACT": last}
        blocked = "J" if code == BLOCKED_JOURNAL else "N"
        yield row | {"BOEKSTUK": "", "BLOK": blocked, "BLOKDEB": "N", "BLOKGRB": "N"}


def countries(key_form: str) -> Iterator[Row]:
    """``key_form`` says in which form the administration keeps its keys: NL or NED."""
    for iso, own, name in COUNTRIES:
        whose = "B" if iso == "NL" else "I" if iso in EU_RATES else "U"
        yield {"ZKSL": own if key_form == "NED" else iso, "ISO": iso, "OMSCHR": name, "BTWPL": whose}


def order_types(*, with_webshop: bool) -> Iterator[Row]:
    yield {"HROW": "1", "ZKSL": "standaard", "OMSCHR": "Standaard"}
    if with_webshop:
        ways = {"LEVCOND": "standaard", "VERZWZ": "Shipping Costs", "OPDRWZ": "webshop"}
        yield {"HROW": "3", "ZKSL": ORDER_TYPE, "OMSCHR": "Webshop order"} | ways


def item_groups(*, with_webshop: bool) -> Iterator[Row]:
    abroad = {"GRBOMZBINEU": "8200", "GRBOMZBUIEU": "8300", "BLOK": "N"}
    yield {"NR": "1", "ZKSL": "overig", "OMSCHR": "Overige artikelen", "GRBOMZ": "8900"} | abroad
    if with_webshop:
        yield {"NR": ITEM_GROUP, "ZKSL": "webshop", "OMSCHR": "Webshopartikelen", "GRBOMZ": "8000"} | abroad
