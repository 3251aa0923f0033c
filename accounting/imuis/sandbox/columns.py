"""The vendor's tables: each column's kind, length and, where it points at another table, which."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """``kind`` is text, memo, number, decimal, money, date, order_date or boolean; ``length`` 0 is without limit;
    ``letters`` are the values allowed; ``of`` is the table that must hold the value as a key."""

    kind: str = "text"
    length: int = 0
    letters: str = ""
    of: str = ""

    @property
    def is_numeric(self) -> bool:
        return self.kind in ("number", "decimal", "money")

    @property
    def is_date(self) -> bool:
        return self.kind in ("date", "order_date")


Columns = dict[str, Column]


def text(length: int, of: str = "") -> Column:
    return Column("text", length, of=of)


def number(length: int, of: str = "") -> Column:
    return Column("number", length, of=of)


def letter(letters: str) -> Column:
    return Column("text", 1, letters)


def texts(length: int, *names: str) -> Columns:
    return dict.fromkeys(names, text(length))


MEMO = Column("memo")
REMARK = Column("memo", 250)
MONEY = Column("money")
DECIMAL = Column("decimal")
DATE = Column("date")
ORDER_DATE = Column("order_date")
BOOLEAN = Column("boolean")
WAYS = {"LEVCOND": text(20, "LEVCOND"), "VERZWZ": text(20, "VERZWZ"), "OPDRWZ": text(20, "OPDRWZ")}
PLAIN: Columns = {"NR": number(8), "ZKSL": text(20), "OMSCHR": text(40)}

DEB: Columns = {
    "NR": number(8),
    **texts(20, "ZKSL"),
    **texts(50, "NAAM", "NAAM2", "ADRES"),
    **texts(37, "STRAAT"),
    "HNR": number(5),
    **texts(6, "HNRTV"),
    **texts(8, "POSTCD"),
    **texts(24, "PLAATS"),
    "LAND": text(3, "LAND"),
    **texts(3, "TAAL", "VAL"),
    **texts(64, "EMAIL"),
    **texts(15, "TEL", "MOBIEL", "KVKNR"),
    **texts(14, "BTWNR"),
    "BTWPL": letter("BLIUN"),
    "BETCOND": number(3, "BETCOND"),
    "SLUITREK": number(8, "GRB"),
    "BLOK": BOOLEAN,
    **WAYS,
    "ORDSRT": text(20, "ORDSRT"),
    **texts(50, "VRIJVELD1", "VRIJVELD2", "VRIJVELD3", "VRIJVELD4", "VRIJVELD5"),
}
GRB: Columns = {
    **PLAIN,
    **texts(1, "APBL", "SLUITREK", "TONEN"),
    "BTW": number(2),
    "BLOK": BOOLEAN,
}
BTW: Columns = {
    **PLAIN,
    "PERC": DECIMAL,
    **texts(1, "BTWBER", "BTWPL", "BTWICT"),
    "GRB": number(8),
    **dict.fromkeys(("BLOK", "BLOKDEB", "BLOKCRE"), BOOLEAN),
    "DATINGANG": DATE,
}
DAGBOEK: Columns = {
    **PLAIN,
    **texts(1, "SRT"),
    "TEGREK": number(8),
    "FACT": text(19),
    "BOEKSTUK": text(20),
    **dict.fromkeys(("BLOK", "BLOKDEB", "BLOKGRB"), BOOLEAN),
}
ARTGRP: Columns = {
    **PLAIN,
    "BLOK": BOOLEAN,
    **dict.fromkeys(("GRBOMZ", "GRBOMZBINEU", "GRBOMZBUIEU", "GRBKOSTPR", "GRBVRD"), number(8)),
}
ART: Columns = {
    **texts(20, "NR", "ZKSL"),
    "OMSCHR": text(40),
    "OPMEXT": MEMO,
    "OPMINT": MEMO,
    "ARTGRP": number(8, "ARTGRP"),
    "BTW": letter("GVLH"),
    "VERKPR": MONEY,
    "VERKPRINCL": MONEY,
    **texts(20, "EAN", "EENHVERK"),
    **dict.fromkeys(("BLOK", "BLOKVRK", "BLOKWEBSHOP"), BOOLEAN),
    "CATEGORIE": text(1),
    "EENHPRS": DECIMAL,
}
BOE: Columns = {
    "JR": number(4),
    "PN": number(2),
    "DAGB": number(4, "DAGBOEK"),
    "RG": number(8),
    "REK": number(8),
    "TEGREK": number(8, "GRB"),
    "BTW": number(2, "BTW"),
    "BEDRBOEK": MONEY,
    "BEDRBTW": MONEY,
    "AANT": Column("decimal", 11),
    "DAT": DATE,
    "DATVERV": DATE,
    **texts(20, "FACT", "BOEKSTUK", "DOSSIER"),
    "OMSCHR": text(40),
    "OPM": REMARK,
    "KPL": number(8, "KPL"),
    "KDR": number(8, "KDR"),
    "VAL": text(3),
    "KOERS": DECIMAL,
    "BEDRBOEKVAL": MONEY,
    "BEDRBTWVAL": MONEY,
    "BETWIST": BOOLEAN,
    "STORNO": BOOLEAN,
}
ORDKOP: Columns = {
    "NR": number(9),
    "DEB": number(8, "DEB"),
    "BETALER": number(8, "DEB"),
    "DAT": ORDER_DATE,
    "DATLEV": ORDER_DATE,
    "ORDSRT": text(20, "ORDSRT"),
    "KENM": text(25),
    "OPM": REMARK,
    "EXTORDNR": number(0),
    "BEDRVRACHTKST": MONEY,
    "BEDRVRACHTKSTWZ": BOOLEAN,
    "BEDRORDKST": MONEY,
    "BEDRORDKSTGEWIJZ": BOOLEAN,
    **WAYS,
    "BETCOND": number(3, "BETCOND"),
    "MAG": number(8),
    **texts(3, "TAAL", "VAL"),
    "BTWPL": letter("BILUNV"),
    **dict.fromkeys(("NEGAANT", "DATLEVUITERSTAUTO", "GEBRORDBEV", "ISINCL"), BOOLEAN),
    "VERZNAAM": text(50),
    "VERZSTRAAT": text(37),
    "VERZHNR": number(5),
    "VERZHNRTV": text(6),
    "VERZPOSTCD": text(8),
    "VERZPLAATS": text(24),
    "VERZLAND": text(3, "LAND"),
    "VERZEMAIL": text(64),
}
ORDRG: Columns = {
    "ORDNR": number(9),
    "RG": number(8),
    "ART": text(20, "ART"),
    "AANT": Column("decimal", 14),
    "OMSCHR": text(40),
    "PRS": MONEY,
    "PRSINCL": MONEY,
    "PERCKORT": DECIMAL,
    "OPMINT": MEMO,
    "OPMEXT": MEMO,
    "DAT": ORDER_DATE,
    "DATLEV": ORDER_DATE,
    "MAG": number(8),
    "BTWSRT": letter("GVLH"),
    "EENH": text(20),
    "STATUS": text(1),
}

# Tables that the vendor has and of which only the usual columns are known.
OTHERS = (
    "GRBMUT", "DEBOPP", "CREOPP", "TAAL", "VAL", "KPL", "KDR", "KOERS", "SELCODE", "MEDEWERKER", "DOSSIER", "DEBADRES",
    "CNT", "PRS", "ARTMAG", "ARTAFB", "INCMANDAAT",
)  # fmt: skip

TABLES: dict[str, Columns] = {
    "DEB": DEB,
    "CRE": {"NR": number(8), **texts(20, "ZKSL"), **texts(50, "NAAM"), **texts(64, "EMAIL"), "BLOK": BOOLEAN},
    "GRB": GRB,
    "BTW": BTW,
    "DAGBOEK": DAGBOEK,
    "ART": ART,
    "ARTGRP": ARTGRP,
    "ORDSRT": {"HROW": number(8), "ZKSL": text(20), "OMSCHR": text(40), **WAYS},
    "ORDKOP": ORDKOP,
    "ORDRG": ORDRG,
    "BOE": BOE,
    "LAND": {**texts(3, "ZKSL", "ISO"), "OMSCHR": text(40), "BTWPL": text(1)},
    "BETCOND": {"NR": number(3), "ZKSL": text(20), "OMSCHR": text(40), "VERVDGN": number(3)},
    "LEVCOND": PLAIN,
    "VERZWZ": PLAIN,
    "OPDRWZ": PLAIN,
    **dict.fromkeys(OTHERS, PLAIN),
}

# By which column another table points at a row of this one.
KEYS = dict.fromkeys(TABLES, "NR") | dict.fromkeys(("ORDSRT", "LAND", "LEVCOND", "VERZWZ", "OPDRWZ"), "ZKSL")

# What the vendor calls a row of a table in its messages.
NAMES = {
    "DEB": "Debiteur",
    "CRE": "Crediteur",
    "GRB": "Grootboekrekening",
    "BTW": "BTW-code",
    "DAGBOEK": "Dagboek",
    "ART": "Artikel",
    "ARTGRP": "Artikelgroep",
    "ORDSRT": "Ordersoort",
    "LAND": "Land",
    "BETCOND": "Betalingsconditie",
    "LEVCOND": "Leveringsconditie",
    "VERZWZ": "Verzendwijze",
    "OPDRWZ": "Opdrachtwijze",
}
