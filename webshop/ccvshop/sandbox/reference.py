"""What a shop is besides its orders: merchant, settings, payment methods, domains, tariffs, app."""

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.rates import COUNTRY_NAMES, EU_RATES
from webshop.ccvshop.sandbox.shops import api_url

# id, psp, method, label, whether it is still switched on. The shop lists only what is on.
PAYMETHODS: list[tuple[int, str, str, str, bool]] = [
    (17, "DemoPSP", "iDEAL", "iDEAL", True),
    (18, "", "BankTransfer", "Overboeking vooraf", True),
    (19, "DemoPSP", "PayPal", "PayPal", True),
    (20, "DemoPSP", "Credit-Card", "Creditcard", True),
    (21, "DemoPSP", "MisterCash", "Bancontact / Mister Cash", True),
    (22, "AfterPay", "AfterPay Open Invoice", "Achteraf betalen", True),
    (23, "DemoPSP", "Maestro", "Maestro", True),
    (24, "", "Op rekening", "Op rekening (30 dagen)", True),
    (25, "Klarna", "Pay later", "Klarna, betaal later", True),
    (26, "", "Contant bij ophalen", "Contant", True),
    (27, "DemoPSP", "VVV Cadeaukaart", "VVV Cadeaukaart", True),
    (31, "OudePSP", "Sofort Banking", "SOFORT", False),
]
ORDER_STATUS = (
    *("Nieuw", "In behandeling", "Wacht op fabrikant", "Wacht op betaling", "Verzonden", "Afgeleverd", "Afgerond"),
    *("Geannuleerd", "Wacht op leverancier", "Inpakken", "Klaar om af te halen", "Samenstellen", "Nabestelling"),
    "Gereserveerd",
)
INVOICE_STATUS = {"paid": "Betaald", "unpaid": "Onbetaald", "reimbursed": "Terugbetaald"}


def combined_name(psp: str, method: str) -> str:
    return f"{psp}-{method}" if psp else method


def paymethods(shop: Row) -> list[Row]:
    return [
        {
            "href": api_url(shop, "paymethods", number, slash=True),
            "id": number,
            "psp": psp,
            "method": method,
            "combined_name": combined_name(psp, method),
            "label": label,
            "extra_costs": False,
            "extra_costs_fixed": 0,
            "extra_costs_percentage": 0,
            "apppsp": None,
            "apppsppaymethod": None,
        }
        for number, psp, method, label, is_on in PAYMETHODS
        if is_on
    ]


def webshop(shop: Row) -> Row:
    number = shop["id"]
    children = {
        name: {"href": api_url(shop, "webshops", number, name, slash=True)}
        for name in ("merchant", "settings", "domains", "geozonecountries")
    }
    return {
        "href": api_url(shop, "webshops", number, slash=True),
        "id": number,
        "name": shop["name"],
        "create_date": shop["create_date"],
        "is_multishop_system": False,
        "is_salespos": False,
        "product_limit": -1,
        "product_limit_left": -1,
        "api_root": shop["api_root"],
        "webshops": [],
        **children,
    }


def merchant(shop: Row) -> Row:
    return {
        "href": api_url(shop, "webshops", shop["id"], "merchant", slash=True),
        "id": shop["id"],
        "uuid": f"00000000-0000-4000-8000-{shop['id']:012d}",
        "gender": "F",
        "first_name": "Mila",
        "last_name": "Winkelier",
        "full_name": "Mila Winkelier",
        "company": shop["name"],
        "email": f"winkelier-{shop['id']}@voorbeeld.example",
        "address_line": "Marktplein 1 a",
        "street": "Marktplein",
        "housenumber": "1a",
        "zipcode": "1000 AA",
        "city": "Amsterdam",
        "country": COUNTRY_NAMES.get(shop["country"], shop["country"]),
        "country_code": shop["country"],
        "telephone": "020-0000000",
        "tax_number": "NL000099998B57" if shop["country"] == "NL" else "",
        "coc_number": "00000000",
        "iban": "NL02ABNA0123456789",
        "bank_account_holder_name": shop["name"],
    }


def statuses(names: dict[str, str]) -> list[Row]:
    return [
        {"id": number, "status": word, "status_name": name, "text_color": "#000000", "background_color": "#ffffff"}
        for number, (word, name) in enumerate(names.items(), 1)
    ]


def settings(shop: Row) -> Row:
    return {
        "href": api_url(shop, "webshops", shop["id"], "settings", slash=True),
        "currency": "EUR",
        "default_vat_rat": 21,
        "prices_include_vat": shop["prices_incl"],
        "languages": ["nl", "en"],
        "backend_language": "nl",
        "full_ssl_webshop": True,
        "creditpoint_value": 0.05,
        "order_status": statuses({str(number): name for number, name in enumerate(ORDER_STATUS, 1)}),
        "invoice_status": statuses(INVOICE_STATUS),
        "return_status": statuses({"1": "Nieuw", "6": "Geannuleerd", "7": "Afgerond", "8": "Gecrediteerd"}),
        "quotation_status": [],
    }


def domains(shop: Row) -> list[Row]:
    return [{"domainname": shop["host"], "ssldomain": shop["host"], "language": None}]


def geozonecountries(shop: Row) -> list[Row]:
    names = {**dict.fromkeys(EU_RATES, ""), **COUNTRY_NAMES}
    return [
        {
            "country": names[code] or code,
            "code": code,
            "geozone_id": 1 if code == shop["country"] else 2 if code in EU_RATES else 3,
            "geozone_name": "Binnenland" if code == shop["country"] else "EU" if code in EU_RATES else "Wereld",
            "tariffs": tariffs(code),
        }
        for code in sorted(names)
    ]


def tariffs(code: str) -> list[Row]:
    rates = EU_RATES.get(code, ("0",))
    kinds = ("high", "low", "other", "other")
    numbers = [float(rate) for rate in rates]
    return [{"type": kind, "percentage": number} for kind, number in zip(kinds, numbers, strict=False)]


def app(shop: Row, number: int) -> Row:
    own = number == shop["app_id"]
    children = {
        name: {"href": api_url(shop, "apps", number, name, slash=True)}
        for name in ("appconfig", "appmessages", "appcodeblocks", "apppsp")
    }
    return {
        "href": api_url(shop, "apps", number, slash=True),
        "id": number,
        "name": "Koppeling" if own else "Andere app",
        "create_date": shop["create_date"],
        "is_installed": shop["is_installed"] if own else True,
        **children,
    }


def apps(shop: Row) -> list[Row]:
    return [app(shop, shop["app_id"] + offset) for offset in range(shop["apps"])]
