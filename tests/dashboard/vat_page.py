"""The page of the VAT table as a person has it before them, and an integration to make it for."""

import html
from typing import Any

from django.core.cache import cache
from django.test import Client

from accounting import settings_store
from integrations.models import Integration, Member, ReferenceList, User
from tests.conftest import Sandbox
from tests.king import King
from tests.linked import Linked, link

from .forms import sent


def without_vat_settings(sandbox: Sandbox, owner: User) -> Linked:
    """An integration with Rompslomp that has no VAT settings yet."""
    sandbox.reset()
    cache.clear()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    made.configure(vat=[])
    return made


def address(integration: Integration, page: str = "vat") -> str:
    return f"/{integration.licence_key}/configuration/{page}"


class Table:
    """The page as a person has it before them: fields by country and how many rows of it come before."""

    def __init__(self, client: Client, integration: Integration) -> None:
        self.client, self.integration = client, integration
        self.take(client.get(address(integration)))

    def take(self, answer: Any) -> None:
        self.answer, self.text = answer, html.unescape(answer.text)
        self.formset = answer.context["formset"]
        self.data = sent(answer.text)

    def forms(self, country: str) -> list[Any]:
        return [form for form in self.formset if form.place == country]

    def rates(self, country: str) -> list[str]:
        return [form.row["rate"] for form in self.forms(country)]

    def fill(self, country: str, index: int = 0, **values: str) -> None:
        form = self.forms(country)[index]
        self.data |= {form.add_prefix(name): value for name, value in values.items()}

    def press(self, **button: str) -> None:
        """A button that changes the fields."""
        self.take(self.client.post(address(self.integration), self.data | button))

    def save(self) -> Any:
        """Save; also where the page asks whether what follows from it is meant."""
        answer = self.client.post(address(self.integration), self.data, follow=True)
        held = answer.context.get("proposed")
        if held:
            version = answer.context["version"]
            review = {"proposed": held, "version": version}
            answer = self.client.post(address(self.integration, "review"), review, follow=True)
        self.integration.refresh_from_db()
        return answer


def vat(integration: Integration) -> dict[tuple[str, str], dict[str, str]]:
    assert integration.settings
    return {(row["country"], row["rate"]): row for row in settings_store.as_file(integration.settings)["vat"]}


def with_codes(linked: Linked | King, *codes: tuple[str, str]) -> None:
    """Books with these VAT codes, as name and percentage."""
    linked.integration.refresh_from_db()
    ReferenceList.objects.update_or_create(
        administration=linked.integration.administration,
        kind="vat_codes",
        defaults={
            "rows": [
                {"id": str(number), "name": name, "percentage": rate, "kind": ""}
                for number, (name, rate) in enumerate(codes, 11)
            ]
        },
    )


def plain_books(linked: Linked | King) -> None:
    """Books with one VAT code a percentage, as a small shop has them."""
    named = [("ICP-levering", "0.0"), ("Export buiten EU", "0.0"), ("vrijgesteld", "0.0")]
    with_codes(linked, ("hoog", "21.00"), ("laag", "9.00"), *named)
