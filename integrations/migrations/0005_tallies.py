"""Triggers that write down every change in the number of documents, whoever makes it and in whatever way.

SQLite makes a table anew when a column is altered, and forgets its triggers: a migration that alters a column of
documents has to run ``drop`` before and ``create`` after.
"""

from django.db import migrations

TABLE, TALLY = "integrations_document", "integrations_documenttally"
COLUMNS = "integration_id, state, cause, month, documents, cents"
EVENTS = {"insert": ["new"], "delete": ["old"], "update": ["old", "new"]}
HAS_CHANGED = " OR ".join(
    f"old.{column} IS DISTINCT FROM new.{column}"
    for column in ("integration_id", "state", "cause", "date", "total_cents", "currency")
)


def values(row: str, month: str) -> str:
    """One document that is there (``new``) or not any more (``old``). Only what is stuck has a cause."""
    sign = "" if row == "new" else "-"
    cause = f"CASE WHEN {row}.state = 'error' THEN {row}.cause ELSE '' END"
    cents = f"CASE WHEN {row}.currency = 'EUR' THEN {sign}{row}.total_cents ELSE 0 END"
    return f"SELECT {row}.integration_id, {row}.state, {cause}, {month}, {sign}1, {cents}"


def insert(row: str, month: str) -> str:
    return f"INSERT INTO {TALLY} ({COLUMNS}) {values(row, month)}"


def month_in_postgresql(row: str) -> str:
    return f"COALESCE(to_char({row}.date, 'YYYY-MM'), '')"


def month_in_sqlite(row: str) -> str:
    return f"COALESCE(substr({row}.date, 1, 7), '')"


def create(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    month = month_in_postgresql if is_postgresql else month_in_sqlite
    for event, rows in EVENTS.items():
        name, when = f"tally_{event}", f"WHEN ({HAS_CHANGED})" if event == "update" else ""
        inserts = "; ".join(insert(row, month(row)) for row in rows)
        if is_postgresql:
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN {inserts}; RETURN NULL; END $$"
            )
            body = f"EXECUTE FUNCTION {name}()"
        else:
            body = f"BEGIN {inserts}; END"
        schema_editor.execute(f"CREATE TRIGGER {name} AFTER {event} ON {TABLE} FOR EACH ROW {when} {body}")
    schema_editor.execute(f"INSERT INTO {TALLY} ({COLUMNS}) {values('new', month('new'))} FROM {TABLE} new")


def drop(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for event in EVENTS:
        schema_editor.execute(f"DROP TRIGGER tally_{event}" + (f" ON {TABLE}" if is_postgresql else ""))
        if is_postgresql:
            schema_editor.execute(f"DROP FUNCTION tally_{event}()")


class Migration(migrations.Migration):
    dependencies = [("integrations", "0004_dashboard")]

    operations = [migrations.RunPython(create, drop)]
