"""A remote system without idempotency keys, for the tests of exactly once: it makes one thing more at each create."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from accounting.intents import Create, create_once
from integrations.failures import ConnectionLost, Gone, LeaseLost, Refused, Temporary, Unknown
from integrations.models import Administration, CustomerLink, Document, Integration, Intent
from integrations.problems import Problem

SETTLE = timedelta(seconds=90)
EMAIL = "jan@voorbeeld.example"

# Failures after which it is certain that nothing was made.
CERTAIN = {
    "busy": Temporary("books_busy", wait=timedelta(seconds=30), everything=True),
    "unreachable": Temporary("books_unreachable"),
    "connection lost": ConnectionLost("books"),
    "gone": Gone("404"),
}
# Ends of a create after which it may or may not have been made.
UNCERTAIN = {
    "killed": SystemExit(),
    "interrupted": KeyboardInterrupt(),
    "a fault of ours": RuntimeError("bug"),
    "lease lost": LeaseLost(),
}
EVERY = {**CERTAIN, **UNCERTAIN, "refused": Refused(Problem("books_refused")), "unknown": Unknown("no answer")}


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Remote:
    """``fails`` is raised by a create, after making the thing when it ``makes``; ``look_fails`` by a look."""

    fails: BaseException | None = None
    makes: bool = True
    look_fails: BaseException | None = None
    things: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    on_create: object = lambda: None

    def create(self):
        self.asked.append("create")
        self.on_create()
        if self.makes:
            self.things.append(f"thing {len(self.things) + 1}")
        if self.fails:
            raise self.fails
        return self.things[-1]

    def look(self):
        self.asked.append("look")
        if self.look_fails:
            raise self.look_fails
        return self.things[0] if self.things else None


def a_document():
    administration = Administration.objects.create(system="rompslomp", remote_id="1290044715")
    integration = Integration.objects.create(shop_id="24001", administration=administration)
    return Document.objects.create(
        integration=integration, kind="order", remote_id="351000200", state="open", changed_at=timezone.now()
    )


def attempt(lease, document, remote, *, looks_first=False, keep=None):
    def store(found):
        CustomerLink.objects.create(administration_id=lease.administration_id, email=EMAIL, ledger_id=found)

    wanted = Create(
        step="customer",
        reference=EMAIL,
        look=remote.look,
        create=remote.create,
        keep=keep or store,
        looks_first=looks_first,
    )
    return create_once(lease, document, wanted)


def left_behind(document, *, age=timedelta(), looked=None):
    """An intent that somebody left ``age`` ago; ``looked`` is how long ago it was looked for."""
    now = timezone.now()
    return Intent.objects.create(
        administration=document.integration.administration,
        step="customer",
        reference=EMAIL,
        document=document,
        started_at=now - age,
        looked_at=None if looked is None else now - looked,
    )


def kept():
    return list(CustomerLink.objects.values_list("ledger_id", flat=True))


def lose(lease):
    """Another worker has taken over."""
    Administration.objects.filter(pk=lease.administration_id).update(lease_number=lease.number + 1)
