"""The words of the King settings."""

import pytest
from django.utils import translation

from accounting.imuis.forms import target
from tests.accounting.imuis.books import settings


@pytest.mark.rule("R337")
@pytest.mark.parametrize(
    ("language", "chosen", "words"),
    [
        ("nl", "entry", "boekingen"),
        ("en", "entry", "journal entries"),
        ("nl", "order", "verkooporders"),
        ("en", "order", "sales orders"),
    ],
)
def test_the_target_is_named_in_the_readers_language(language: str, chosen: str, words: str) -> None:
    with translation.override(language):
        assert str(target(settings(target=chosen))) == words
