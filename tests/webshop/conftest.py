import pytest
from django.core.cache import cache

from integrations.models import User
from tests.linked import link


@pytest.fixture
def linked(sandbox):
    """A shop and books that nobody asked anything yet, so that nothing is held back by a pace."""
    sandbox.reset()
    cache.clear()
    return link(sandbox.url)


@pytest.fixture
def person(db):
    return User.objects.create_user(username="o@example.nl", email="o@example.nl", password="koffie")
