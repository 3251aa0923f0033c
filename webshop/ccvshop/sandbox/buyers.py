"""Who buys in a random order, and where the goods go."""

from random import Random

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.assortment import BUSINESSES, EU_PEOPLE, PEOPLE, WORLD_PEOPLE, Person
from webshop.ccvshop.sandbox.drafts import Draft


def draw_person(rng: Random, kind: str) -> Person:
    if kind == "icp":
        return rng.choice(BUSINESSES)
    if kind.startswith("export"):
        return rng.choice(WORLD_PEOPLE)
    return rng.choice(EU_PEOPLE if kind == "abroad" else PEOPLE)


def address_of(person: Person, rng: Random) -> Row:
    return {
        "gender": rng.choice(("M", "F", None)),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "company": person.company,
        "street": person.street,
        "housenumber": rng.randint(1, 250),
        "housenumber_suffix": rng.choice(("", "", "", "b", "III")),
        "address_line_2": rng.choice(("", "", "", "2e verdieping")),
        "zipcode": person.zipcode,
        "city": person.city,
        "country_code": person.country,
        "telephone": rng.choice(("", "030-0000000", "+31 6 00000000")),
    }


def add_customer(draft: Draft) -> None:
    rng, person = draft.rng, draft.person
    billing = address_of(person, rng)
    is_guest = not person.company and draft.has("guest")
    email = f"gast{rng.randint(1, 99999)}@voorbeeld.example" if is_guest else person.email
    customer: Row = {
        "email": email,
        "customertype": "b2b" if person.company else "b2c",
        "btw": person.vat_number,
        "kvk": "00000000" if person.company and person.country == "NL" else "",
        "billingaddress": billing,
    }
    if draft.has("own_delivery_address"):
        street = {"street": "Testkade", "housenumber": rng.randint(1, 99), "full_name": "Magazijn", "company": ""}
        left_out = ("first_name", "last_name")
        customer["deliveryaddress"] = {
            **{name: value for name, value in billing.items() if name not in left_out},
            **street,
        }
    user_id = str(24000001 + sum(map(ord, person.email)))
    draft.order["user"] = {"id": None if is_guest else user_id, "discount_percentage": 0}
    draft.order["customer"] = customer
