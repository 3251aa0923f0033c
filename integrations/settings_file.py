"""The settings file: what the Configuration tab holds, as JSON that people can keep, compare and import.

What only one accounting system needs is that system's own ``AccountingOptions``; the caller says which systems there
are. Nothing here is ever changed: a change is a new ``Settings``.
"""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from django.utils.translation import gettext
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from integrations.money import plain_text
from integrations.settings_faults import fault
from integrations.vat import ICP, INTERNATIONAL, MARKETPLACE, country_code

SPECIAL_COUNTRIES = (ICP, INTERNATIONAL, MARKETPLACE)


class SettingsError(ValueError):
    """The settings can't be used; ``faults`` says why, each with the name of the setting."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def method_key(name: str) -> str:
    """A payment method's name without capitals, hyphens and spaces: how names are compared."""
    return "".join(name.lower().replace("-", "").split())


def _country(text: str) -> str:
    code = country_code(text)
    if code not in SPECIAL_COUNTRIES and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise ValueError(gettext("is not a country code of two letters"))
    return code


def _place(text: str) -> str:
    if _country(text) in SPECIAL_COUNTRIES:
        raise ValueError(gettext("is not a country code of two letters"))
    return _country(text)


# Codes and names as the database can hold them: no control characters, and not without end.
Text = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        coerce_numbers_to_str=True,
        str_strip_whitespace=True,
    )


class ShopSettings(_Part):
    system: Literal["ccvshop"] = "ccvshop"
    home_country: Annotated[str, AfterValidator(_place)] = "NL"
    process: Literal["orders", "invoices"] = "orders"
    start_date: datetime.date | None = None
    open_days: int = Field(default=60, ge=1, le=3650)


class AccountingOptions(_Part):
    """What every accounting system has. A connector's ``Options`` adds its own."""

    has_payments: ClassVar[bool] = False

    system: str
    number: Literal["order", "invoice"] = "order"


class VatSetting(_Part):
    """VAT code and accounts for a country (or ICP, INTERNATIONAL, MARKETPLACE) and a percentage."""

    country: Annotated[str, AfterValidator(_country)]
    rate: Annotated[Decimal, Field(ge=0, le=100, decimal_places=3)]
    vat_code: Text = ""
    revenue: Text = ""
    shipping: Text = ""
    payment_costs: Text = ""

    def account(self, line_type: str) -> str:
        """The ledger account for a type of line; shipping and payment costs fall back to revenue."""
        own = {"shipping": self.shipping, "payment_costs": self.payment_costs}.get(line_type, "")
        return own or self.revenue


class PaymentMethodSetting(_Part):
    method: Annotated[Text, Field(min_length=1)]
    debtor: Text = ""
    clearing_account: Text = ""


class Settings(_Part):
    shop: ShopSettings = ShopSettings()
    accounting: AccountingOptions
    payments: bool = False
    payments_only_when_paid: bool = False
    margin_scheme: bool = False
    line_names: Literal["en", "nl"] = "en"
    vat: tuple[VatSetting, ...] = ()
    payment_methods: tuple[PaymentMethodSetting, ...] = ()

    _vat: dict[tuple[str, Decimal], VatSetting] = PrivateAttr(default_factory=dict)
    _methods: dict[str, PaymentMethodSetting] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _index(self) -> "Settings":
        for row in self.vat:
            if self._vat.setdefault((row.country, row.rate), row) is not row:
                named = {"country": row.country, "rate": plain_text(row.rate)}
                raise ValueError(gettext("vat has %(country)s with %(rate)s%% twice") % named)
        for method in self.payment_methods:
            if self._methods.setdefault(method_key(method.method), method) is not method:
                raise ValueError(gettext("payment_methods has %(method)s twice") % {"method": method.method})
        return self

    def as_file(self) -> dict[str, Any]:
        """The settings file of these settings, complete, as plain JSON."""
        data = self.model_dump(mode="json", serialize_as_any=True)
        for row in data["vat"]:
            row["rate"] = plain_text(Decimal(row["rate"]))
        if data["shop"]["start_date"] is None:
            del data["shop"]["start_date"]
        return data

    @property
    def posts_payments(self) -> bool:
        return self.payments and self.accounting.has_payments

    def vat_setting(self, country: str, rate: Decimal) -> VatSetting | None:
        """The row for a country (or ICP ...) and a percentage; None when there is none, or none with a VAT code."""
        row = self._vat.get((country, rate))
        return row if row and row.vat_code else None

    def highest_rate(self, country: str) -> Decimal | None:
        """The highest percentage that is configured for a country."""
        return max(
            (row.rate for row in self.vat if row.country == country and row.vat_code),
            default=None,
        )

    def payment_method(self, key: str) -> PaymentMethodSetting | None:
        return self._methods.get(key)

    @property
    def payment_method_keys(self) -> set[str]:
        return set(self._methods)


def read(data: Any, systems: Mapping[str, type[AccountingOptions]]) -> Settings:
    """Settings from their JSON; ``systems`` are the accounting systems there are. Raises SettingsError."""
    if not isinstance(data, dict):
        raise SettingsError([gettext("the settings are not a JSON object")])
    accounting = data.get("accounting")
    if not isinstance(accounting, dict):
        raise SettingsError([fault({"type": "missing", "loc": ["accounting"]})])
    options = systems.get(str(accounting.get("system")))
    if options is None:
        expected = {"expected": ", ".join(systems)}
        raise SettingsError([fault({"type": "literal_error", "loc": ["accounting", "system"], "ctx": expected})])
    try:
        return Settings.model_validate({**data, "accounting": options.model_validate(accounting)})
    except ValidationError as error:
        prefix = "accounting." if error.title == options.__name__ else ""
        raise SettingsError([prefix + fault(dict(detail)) for detail in error.errors()]) from None
