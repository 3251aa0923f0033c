"""What only King / iMUIS needs of the settings."""

from typing import Literal

from pydantic import Field

from integrations.settings_file import AccountingOptions, Text


class Options(AccountingOptions):
    """Journal entries and orders need different settings; those of the other target are kept, so that a change of
    target loses nothing."""

    target: Literal["entry", "order"] = "entry"
    journal: Text = ""
    debtors_account: Text = ""
    amounts: Literal["incl", "excl"] = "incl"
    order_type: Text = "webshoporder"
    item_group: Text = "29"
    address: Literal["delivery", "billing"] = "delivery"
    vat_kinds: dict[Text, Text] = Field(default_factory=dict)
