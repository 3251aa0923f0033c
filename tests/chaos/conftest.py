from tests.chaos.fixtures import database, program  # noqa: F401
