"""What only Rompslomp needs of the settings."""

from typing import ClassVar

from integrations.settings_file import AccountingOptions, Text


class Options(AccountingOptions):
    """``administration`` is a company of Rompslomp, ``layout`` one of its invoice templates; ids are kept as text."""

    has_payments: ClassVar[bool] = True

    administration: Text = ""
    layout: Text = ""
    publish: bool = True
    rounding_account: Text = ""
