import pytest

from accounting import leases
from integrations.models import User
from tests.accounting.intents_remote import SETTLE, a_document
from tests.linked import link
from tests.paying import post_payments


@pytest.fixture
def linked(sandbox, settings):
    sandbox.reset()
    settings.SETTLE_SECONDS = 0
    return link(sandbox.url)


@pytest.fixture
def document(settings):
    settings.SETTLE_SECONDS = SETTLE.seconds
    return a_document()


@pytest.fixture
def lease(document):
    return leases.take(document.integration.administration_id)


@pytest.fixture
def paying(linked):
    return post_payments(linked)


@pytest.fixture
def user():
    return User.objects.create(username="boekhouder")
