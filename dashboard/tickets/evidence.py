"""What support staff need to see of a document, without secrets and without what is personal.

Of the shop's JSON and of what was read from it the structure stays, with amounts, countries, percentages, codes and
ids. A text stays only when its field is known to hold nothing of a person, so that a field that the shop adds tomorrow
is left out. What other people wrote, such as an answer of the books, may quote the customer: there everything that the
document knows of the customer is left out, and what looks like an address, a telephone number or a key.
"""

import re
from collections.abc import Iterator
from typing import Any

from accounting import settings_store
from integrations.models import Document, Event, SettingsVersion
from integrations.problems import AMOUNTS

GONE = "…"
MOST_EVENTS = 100
LONGEST, HALVED = 4000, 400  # of a text that is cut: its last part may be half a name, which nothing recognises

# Whatever is below these fields is of a person. Countries and kinds of customer say nothing of one.
OF_A_PERSON = {
    *("customer", "billing", "delivery", "billingaddress", "deliveryaddress", "pickup_address", "user", "contact"),
    *("uploads", "memo", "reference", "comment", "name", "email", "company"),
}
OF_NOBODY = {"country_code", "customertype"}
OF_THE_SHOP = re.compile(r"country|customertype|product_|package_|option_|status_|.*href$|.*link$|gender")
OF_A_PERSON_BY_NAME = re.compile(
    r"name|mail|phone|mobile|fax|street|address|house|zip|post(al)?_?code|city|birth|gender|iban|bic\b|bank|kvk|coc_|"
    r"btw|vat_?number|company|comment|note_text|ip\b"
)
A_SECRET_BY_NAME = re.compile(
    r"^key$|api_?key|token|secret|password|passphrase|authorization|signature|hash|cookie|credential|_key\b"
)

# Fields whose text is kept: numbers, dates, codes and words of a fixed list.
KEPT = {
    *("id", "remote_id", "order_id", "payment_id", "product_id", "method_id", "paymethod_id", "payment_method_id"),
    *("number", "order_number", "invoice_number", "ordernumber", "ordernumber_full", "ordernumber_prefix"),
    *("invoicenumber", "invoicenumber_full", "invoicenumber_prefix", "product_number", "sub_product_number"),
    *("create_date", "date", "deliver_date", "deliver_method", "paymethod", "payment_method", "method", "currency"),
    *("status", "order_status", "type", "product_type", "kind", "source", "code", "ean", "unit", "prices_are"),
    *(
        "delivery_country",
        "country",
        "country_code",
        "customertype",
        "orderedinlng",
        "transaction_id",
        "notes",
        "total",
    ),
}
A_NUMBER = re.compile(r"[-+]?[0-9]{1,12}(\.[0-9]{1,18})?([eE][-+]?[0-9]{1,3})?")
AN_AMOUNT_BY_NAME = re.compile(r"price|total|discount|amount|cost|tax|rate|count|quantity|weight|vat$")

LOOKS_PERSONAL = re.compile(
    r"[^\s<>\"'@]{1,254}@[^\s<>\"'@]{1,254}"  # an e-mail address
    r"|(?<![\w/.-])(?:\+|00?)[1-9](?:[ ()-]?[0-9]){7,12}(?![\w])"  # a telephone number
    r"|(?<!\w)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}[A-Z0-9 ]{0,4}(?!\w)"  # an IBAN
    r"|(?<!\w)(?:ATU|BE[01]|BG|CY|CZ|DE|DK|EE|EL|ES[A-Z]?|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)"
    r"[0-9][0-9A-Z.]{6,13}(?!\w)"  # a VAT number
    r"|(?<![\w])(?=[\w-]*[0-9])(?=[\w-]*[A-Za-z])[\w-]{24,}"  # a token
)
# Parameters of problems that are numbers or codes of ours; the others may quote somebody.
PLAIN_PARAMS = AMOUNTS | {"country", "rate", "date", "start", "status", "currency", "why"}
SHORT_PARAMS = PLAIN_PARAMS | {"account", "method", "order_type", "item_group"}
PERSONAL_PARAMS = {"text", "name", "vat_number", "email"}

Json = dict[str, Any]


def evidence(document: Document) -> Json:
    """Everything that goes along with a report of the document, as JSON."""
    known = personal(document)
    return {
        "document": facts(document),
        "problems": [problem(one, known) for one in document.problems if isinstance(one, dict)],
        "payment": paid(document, known),
        "settings": settings_that_matter(document, known),
        "timeline": timeline(document, known),
        "source": without_persons(document.source, known),
        "mapped": without_persons(document.mapped, known),
    }


def facts(document: Document) -> Json:
    names = (
        *("id", "kind", "remote_id", "order_remote_id", "number", "currency", "total_cents", "is_credit", "country"),
        *("treatment", "state", "reason", "attempts", "is_stale", "edition", "target", "ledger_id", "ledger_number"),
        *("ledger_total_cents", "rounding_cents"),
    )
    moments = ("date", "arrived_at", "changed_at", "looked_at", "next_attempt_at")
    dated = {name: getattr(document, name) for name in moments}
    return {name: getattr(document, name) for name in names} | {
        name: value.isoformat() if value else None for name, value in dated.items()
    }


def paid(document: Document, known: "re.Pattern[str]") -> Json | None:
    """Its payment and what that is stuck on."""
    payment = getattr(document, "payment", None)
    if payment is None:
        return None
    names = (
        *("number", "method", "amount_cents", "transaction_id", "state", "reason", "attempts", "nights"),
        *("open_before_cents", "ledger_id", "ledger_number"),
    )
    moments = ("date", "changed_at", "next_attempt_at")
    dated = {name: value.isoformat() if (value := getattr(payment, name)) else None for name in moments}
    problems = [problem(one, known) for one in payment.problems if isinstance(one, dict)]
    return free({name: getattr(payment, name) for name in names}, known) | dated | {"problems": problems}


def problem(stored: Json, known: "re.Pattern[str]") -> Json:
    """Code and parameters; the words are made again for whoever reads them."""
    kept = {name: value for name, value in stored.items() if name not in ("message", "remedy")}
    return {name: param(name, value, known) for name, value in kept.items()}


def param(name: str, value: Any, known: "re.Pattern[str]") -> Any:
    if name == "code" or name in PLAIN_PARAMS:
        return value
    return left_out(value) if name in PERSONAL_PARAMS else free(value, known)


def safe_params(stored: Json) -> Json:
    """The parameters that may be named in an e-mail, where nothing else of the document is known."""
    return {name: value for name, value in stored.items() if name in SHORT_PARAMS}


def settings_that_matter(document: Document, known: "re.Pattern[str]") -> Json:
    """The settings that the document was read with: of the tables only the rows that could have been used."""
    version = document.settings_version
    used = document.integration.settings
    about: Json = {"version": version.number if version else None, "in_use": used.number if used else None}
    return about | (rows_for(version, document, known) if version else {})


def rows_for(version: SettingsVersion, document: Document, known: "re.Pattern[str]") -> Json:
    file = settings_store.as_file(version)
    shop = file.get("shop", {})
    countries = {document.country, shop.get("home_country"), "ICP", "INTERNATIONAL", "MARKETPLACE"}
    countries |= {one.get("country") for one in document.problems if isinstance(one, dict)}
    method = str((document.mapped or {}).get("payment_method", "")).casefold()
    file["vat"] = [row for row in file["vat"] if row["country"] in countries]
    file["payment_methods"] = [row for row in file["payment_methods"] if row["method"].casefold() == method]
    return {"file": free(file, known)}


def timeline(document: Document, known: "re.Pattern[str]") -> list[Json]:
    """The newest events, in the order in which they happened, without who pressed what."""
    events = document.events.order_by("-id")[:MOST_EVENTS]
    return [{"at": event.at.isoformat(), "kind": event.kind} | told(event, known) for event in reversed(events)]


def told(event: Event, known: "re.Pattern[str]") -> Json:
    data = event.data if isinstance(event.data, dict) else {}
    shown = {name: value for name, value in data.items() if name not in ("traceback", "problems", "at", "kind")}
    made: Json = free(shown, known)
    if isinstance(data.get("problems"), list):
        made["problems"] = [problem(one, known) for one in data["problems"] if isinstance(one, dict)]
    if "traceback" in data:
        made["traceback"] = places(str(data["traceback"]))
    return made


def places(traceback: str) -> list[str]:
    """Where in the program it went wrong, and the kind of error: its words may quote the document."""
    lines = re.findall(r'File ".*?([\w.-]+/[\w.-]+\.py)", line (\d+), in (\w+)', traceback)
    last = re.match(r"[\w.]+", (traceback.strip().splitlines() or [""])[-1])
    return [f"{file}:{line} {function}" for file, line, function in lines] + ([last[0]] if last else [])


def without_persons(value: Any, known: "re.Pattern[str]", name: str = "", *, is_personal: bool = False) -> Any:
    """The same JSON, with a mark in the place of what is personal."""
    if isinstance(value, dict):
        return {
            key: without_persons(inner, known, key, is_personal=is_personal or key in OF_A_PERSON)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [without_persons(inner, known, name, is_personal=is_personal) for inner in value]
    if value is None or value == "" or isinstance(value, bool):
        return value
    return value if may_stay(name, value, known, is_personal=is_personal) else left_out(value)


def may_stay(name: str, value: Any, known: "re.Pattern[str]", *, is_personal: bool) -> bool:
    """Numbers may, unless the field's name says what they are of; texts only in the fields that are known."""
    text = str(value)
    if name in OF_NOBODY:
        return len(text) <= 20 and not known.search(text)
    if is_personal or OF_A_PERSON_BY_NAME.search(name) or A_SECRET_BY_NAME.search(name):
        return False
    if isinstance(value, int | float):
        return not known.search(text)
    if AN_AMOUNT_BY_NAME.search(name) and A_NUMBER.fullmatch(text):
        return True
    return name in KEPT and len(text) <= 64 and not known.search(text) and not LOOKS_PERSONAL.search(text)


def left_out(value: Any) -> str:
    """A mark that tells a text that is too long from one that is not, which is often the whole problem."""
    return f"{GONE}({len(value)})" if isinstance(value, str) else GONE


def free(value: Any, known: "re.Pattern[str]") -> Any:
    """What others wrote: all stays but what is known of the customer, and what looks like it or like a key."""
    if isinstance(value, dict):
        return {
            key: left_out(inner) if A_SECRET_BY_NAME.search(key) else free(inner, known) for key, inner in value.items()
        }
    if isinstance(value, list):
        return [free(inner, known) for inner in value]
    if not isinstance(value, str):
        return value
    cleaned = LOOKS_PERSONAL.sub(GONE, known.sub(GONE, value[:LONGEST]))
    return cleaned if len(value) <= LONGEST else cleaned[:-HALVED] + GONE


BETWEEN_NAMES = {"van", "den", "der", "het", "ten", "ter", "the", "and"}


def personal(document: Document) -> "re.Pattern[str]":
    """A pattern of everything personal that the document holds, in whole and in words."""
    whole = {document.customer_name, document.customer_email}
    for part in (document.source, document.mapped):
        whole |= set(persons_in(part))
    words = {word for text in whole for word in re.findall(r"[\w'-]{3,}", text)} - BETWEEN_NAMES
    telling = {text for text in whole | words if is_telling(text)}
    longest_first = sorted(telling, key=lambda text: (-len(text), text))
    either = "|".join(re.escape(text) for text in longest_first) or r"(?!)"
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)


def is_telling(text: str) -> bool:
    """A few digits alone, or one letter, would blot out amounts and numbers everywhere and tell nobody's name."""
    signs = [sign for sign in text if sign.isalnum()]
    return len(signs) >= (2 if any(map(str.isalpha, signs)) else 6)


def persons_in(value: Any, name: str = "", *, is_personal: bool = False) -> Iterator[str]:
    """The texts of personal fields."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "lines":  # what was sold, under names of the shop
                yield from persons_in(inner, key, is_personal=is_personal or key in OF_A_PERSON)
    elif isinstance(value, list):
        for inner in value:
            yield from persons_in(inner, name, is_personal=is_personal)
    elif (is_personal or OF_A_PERSON_BY_NAME.search(name)) and not isinstance(value, bool) and value:
        text = str(value).strip()
        if text and not OF_THE_SHOP.match(name):
            yield text
