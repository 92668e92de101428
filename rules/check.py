"""What in a right policy is probably not meant, each with a request that shows it."""

from collections.abc import Iterator
from datetime import datetime

from rules.check_budgets import budget_suspicions
from rules.check_cover import cover_suspicions
from rules.check_depth import depth_suspicions
from rules.check_entries import entry_suspicions
from rules.check_floor import floor_suspicions
from rules.check_names import name_suspicions
from rules.check_times import time_suspicions
from rules.compile import Ruleset
from rules.policy import UNKNOWN, Policy
from rules.problems import Problem, Sentence, warning
from rules.witness import Prover, Suspicion, ask, without_request


def warnings(ruleset: Ruleset, *, moment: datetime) -> tuple[Problem, ...]:
    """Everything that deserves a second look, sorted by line.

    What no request shows from `moment` (aware: now) on is not told. Where more is suspected than
    can be tried in a second or two, that is told. Costs milliseconds for a family's file.
    """
    prover = Prover(ruleset=ruleset, moment=moment)
    found = set(prover.prove(_suspicions(ruleset, moment)))
    if prover.left <= 0:
        found.add(_more(ruleset.policy.file))
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.message)))


def _suspicions(ruleset: Ruleset, moment: datetime) -> Iterator[Suspicion]:
    yield from floor_suspicions(ruleset)  # first: what is under the floor is in no contradiction
    yield from entry_suspicions(ruleset, moment)
    yield from cover_suspicions(ruleset)
    yield from depth_suspicions(ruleset)
    yield from name_suspicions(ruleset)
    yield from _idle(ruleset.policy)
    yield from time_suspicions(ruleset, moment)
    yield from budget_suspicions(ruleset, moment)


def _more(file: str) -> Problem:
    message = Sentence("not everything could be tried: there may be more to look at")
    return warning(file, 1, "", message, Sentence("mend these, and check again"))


def _idle(policy: Policy) -> Iterator[Suspicion]:
    used = {device for profile in policy.profiles.values() for device in profile.devices}
    for name, device in policy.devices.items():
        if name not in used:
            message = Sentence(
                "{device} is in no profile and follows {profile}", device=name, profile=UNKNOWN
            )
            hint = Sentence("name it under a profile's devices:")
            yield Suspicion(
                problem=warning(policy.file, device.line, f"devices.{name}", message, hint),
                who=(name,),
                shows=lambda case: ask(case).profile == UNKNOWN,
            )
    for key, profile in policy.profiles.items():
        if not profile.devices and key != UNKNOWN:
            message = Sentence("{profile} has no device, so nobody follows its rules", profile=key)
            hint = Sentence("add devices: [a name from below]")
            yield without_request(
                warning(policy.file, profile.line, f"profiles.{key}", message, hint)
            )
