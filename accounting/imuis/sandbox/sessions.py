"""Who may call: a pair of partner key and code opens a session, which ends when it is left alone."""

import time

from integrations.sandbox import Row

from .administrations import of_pair
from .envelope import Refused
from .memory import books

NOT_LINKED = "Inloggen niet mogelijk: partnerkey en omgevingscode horen niet bij een actieve verbinding."
NO_SUBSCRIPTION = "Voor deze administratie is geen abonnement op de Cloudswitch aanwezig."
SESSION_ENDED = "De sessie is verlopen of onbekend."

Fields = dict[str, str]


def log_in(fields: Fields) -> str:
    """The id of a new session; earlier ones of the same pair go on."""
    administration = of_pair(fields.get("PARTNERKEY", ""), fields.get("OMGEVINGSCODE", ""))
    if administration is None or administration["state"] == "unknown":
        raise Refused(NOT_LINKED)
    if administration["state"] == "no_subscription":
        raise Refused(NO_SUBSCRIPTION)
    number = books.next_number(administration["id"], "session", 42)
    session = f"{68117 + administration['id']}/{number}@d{administration['id']};CSW"
    books["sessions"][session] = {"pair": pair(fields), "number": administration["id"], "used": time.time()}
    books.changes += 1
    return session


def enter(fields: Fields) -> Row:
    """The administration of the session, which is touched by it."""
    session = books["sessions"].get(fields.get("SESSIONID", ""))
    if session is None or session["pair"] != pair(fields):
        raise Refused(SESSION_ENDED)
    administration = books["administrations"][str(session["number"])]
    idle = time.time() - session["used"]
    is_linked = [administration["partner_key"], administration["code"]] == session["pair"]
    if not is_linked or administration["state"] != "active" or idle > administration["session_seconds"]:
        log_out(fields)
        raise Refused(SESSION_ENDED)
    session["used"] = time.time()
    return administration


def log_out(fields: Fields) -> None:
    books["sessions"].pop(fields["SESSIONID"], None)
    books.changes += 1


def end_all(administration: int) -> int:
    """How many sessions of the administration were ended."""
    ended = [key for key, row in books["sessions"].items() if row["number"] == administration]
    for key in ended:
        del books["sessions"][key]
    books.changes += 1
    return len(ended)


def pair(fields: Fields) -> list[str]:
    return [fields.get("PARTNERKEY", ""), fields.get("OMGEVINGSCODE", "")]
