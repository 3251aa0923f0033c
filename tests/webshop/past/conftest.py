import pytest

from tests.past import START


@pytest.fixture
def linked(linked, settings):
    settings.CCVSHOP_GETS_PER_MINUTE = 0
    linked.configure(shop={"start_date": START})
    return linked
