"""The payment methods as people set them: those of the shop, those that were set before, and the words that stand for
the others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.payment_methods import DEFAULT, WORDS, payment_method
from integrations.settings_file import method_key
from webshop.shop_lists import ShopMethod

GROUPS = (*(kind for kind, alternatives in WORDS), DEFAULT)
TITLES = {
    "banktransfer": _("Bank transfer"),
    "mistercash": "Bancontact / Mister Cash",
    "creditcard": _("Credit card"),
    DEFAULT: _("Other payment methods"),
}


@dataclass(frozen=True, kw_only=True)
class Method:
    """``name`` is what the settings file has, ``title`` and ``remark`` are for people. ``origin``: in the shop now,
    only in the settings, or a group of names."""

    name: str
    title: str
    remark: str
    origin: Literal["shop", "settings", "group"]
    debtor: str = ""
    clearing_account: str = ""

    @property
    def key(self) -> str:
        return method_key(self.name)


def methods(stored: Sequence[Mapping[str, Any]], of_the_shop: Sequence[ShopMethod]) -> list[Method]:
    """Every method that there is something to set for, each once."""
    set_before = {method_key(row["method"]): row for row in stored}
    found = {method.key: method for method in _all(list(set_before.values()), of_the_shop)}
    return [_filled(method, set_before.get(key)) for key, method in found.items()]


def file_rows(
    stored: Iterable[Mapping[str, Any]], column: str, given: Mapping[str, tuple[str, str]]
) -> list[dict[str, Any]]:
    """The rows of the settings file, with what was ``given`` for one column, as name and value by key. A row without
    any value says nothing, unless it stood there before: it keeps a method out of its group."""
    rows = {method_key(row["method"]): dict(row) for row in stored}
    blank = {key for key, row in rows.items() if not (row["debtor"] or row["clearing_account"])}
    for key, (name, value) in given.items():
        rows.setdefault(key, {"method": name, "debtor": "", "clearing_account": ""})[column] = value
    return [row for key, row in rows.items() if row["debtor"] or row["clearing_account"] or key in blank]


def _all(stored: Sequence[Mapping[str, Any]], of_the_shop: Sequence[ShopMethod]) -> Iterator[Method]:
    """In the order in which they are shown; where two have one key, the later one counts."""
    shown = {method.key: method.label for method in of_the_shop}
    titles = {kind: str(TITLES.get(kind, kind)) for kind in GROUPS} | shown
    for method in of_the_shop:
        yield Method(name=method.name, title=method.label, remark=_falls_under(method, titles), origin="shop")
    for row in stored:
        if method_key(row["method"]) not in {*shown, *GROUPS}:
            remark = gettext("Not in the list of the shop (any more)")
            yield Method(name=row["method"], title=row["method"], remark=remark, origin="settings")
    for kind in GROUPS:
        if kind not in shown:
            yield Method(name=kind, title=titles[kind], remark=_explained(kind), origin="group")


def _filled(method: Method, row: Mapping[str, Any] | None) -> Method:
    if row is None:
        return method
    values = {"debtor": row["debtor"], "clearing_account": row["clearing_account"]}
    return Method(name=row["method"], title=method.title, remark=method.remark, origin=method.origin, **values)


def _falls_under(method: ShopMethod, titles: Mapping[str, str]) -> str:
    """What counts without a value for this method; one that is named as a group counts for that group."""
    if method.key in GROUPS:
        return _explained(method.key)
    kind = payment_method(method.name, ())
    return gettext("If empty, what is set for “%(group)s” counts.") % {"group": titles[kind]}


def _explained(kind: str) -> str:
    if kind == DEFAULT:
        return gettext("All methods that fit no other row.")
    (alternatives,) = (alternatives for name, alternatives in WORDS if name == kind)
    words = gettext("” or “").join(" + ".join(words) for words in alternatives)
    return gettext("Also counts for methods without a setting of their own, with “%(words)s” in their name.") % {
        "words": words
    }
