"""VAT rates of the EU countries, highest first, as the shop's own tariff table holds them."""

EU_RATES: dict[str, tuple[str, ...]] = {
    "AT": ("20", "13", "10"),
    "BE": ("21", "12", "6"),
    "BG": ("20", "9"),
    "CY": ("19", "9", "5"),
    "CZ": ("21", "12"),
    "DE": ("19", "7"),
    "DK": ("25",),
    "EE": ("24", "13", "9"),
    "ES": ("21", "10", "4"),
    "FI": ("25.5", "14"),
    "FR": ("20", "10", "5.5"),
    "GR": ("24", "13", "6"),
    "HR": ("25", "13", "5"),
    "HU": ("27", "18", "5"),
    "IE": ("23", "13.5", "9"),
    "IT": ("22", "10", "5", "4"),
    "LT": ("21", "12", "5"),
    "LU": ("17", "14", "8"),
    "LV": ("21", "12", "5"),
    "MT": ("18", "7", "5"),
    "NL": ("21", "9", "0"),
    "PL": ("23", "8", "5"),
    "PT": ("23", "13", "6"),
    "RO": ("21", "11"),
    "SE": ("25", "12", "6"),
    "SI": ("22", "9.5", "5"),
    "SK": ("23", "19", "5"),
}

COUNTRY_NAMES = {
    "AT": "Oostenrijk",
    "BE": "België",
    "CH": "Zwitserland",
    "DE": "Duitsland",
    "DK": "Denemarken",
    "ES": "Spanje",
    "FI": "Finland",
    "FR": "Frankrijk",
    "GB": "Verenigd Koninkrijk",
    "GR": "Griekenland",
    "IE": "Ierland",
    "IT": "Italië",
    "LU": "Luxemburg",
    "NL": "Nederland",
    "NO": "Noorwegen",
    "PL": "Polen",
    "PT": "Portugal",
    "SE": "Zweden",
    "US": "Verenigde Staten",
}


def standard_rate(country: str) -> str:
    return EU_RATES[country][0]


def is_outside_eu(country: str) -> bool:
    return bool(country) and country not in EU_RATES
