from tests.chaos.fixtures import database  # noqa: F401
