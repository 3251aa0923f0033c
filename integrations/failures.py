"""Why something could not be done now, named by who can do something about it."""

from datetime import timedelta

from integrations.problems import Problem


class Failure(Exception):
    """Base of what a remote system can do to us."""


class Temporary(Failure):
    """It passes by itself: try again later, after ``wait`` when the remote system named a time."""

    def __init__(self, reason: str, *, wait: timedelta | None = None, everything: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait
        self.everything = everything  # the remote system refuses every call for that long, not only this one


class Unknown(Failure):
    """A write was sent and its answer did not arrive: the remote system may or may not have done it."""


class Refused(Failure):
    """The remote system, or a rule of ours, said no; a person has to act first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems

    @property
    def words(self) -> str:
        """What happened and what to do, in the language that is active."""
        return " ".join(f"{problem.message} {problem.remedy}" for problem in self.problems)


class Uncertain(Refused):
    """The books hold something that may be ours, and only a person can tell."""


class Gone(Failure):
    """The object that was named does not exist at the remote system (any more)."""


class ConnectionLost(Failure):
    """The remote system does not accept our credentials (any more): ``side`` must be connected again."""

    def __init__(self, side: str, words: str = "") -> None:
        super().__init__(words or side)
        self.side = side
        self.words = words


class LeaseLost(Failure):
    """Another worker has taken over the administration; whatever is still in hand must not be written."""


LONGEST_WAIT = timedelta(hours=1)


def growing_wait(attempts: int) -> timedelta:
    """How long to wait after so many attempts in vain, where the remote system names no time."""
    grown: timedelta = timedelta(seconds=30) * 2 ** min(attempts, 10)
    return min(grown, LONGEST_WAIT)
