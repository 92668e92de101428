"""What there is to say of a published list, in plain words: how old it is, why it failed, what was left out of it."""

from admin.texts import gettext as _
from admin.texts import language, near_words, number_words
from rules.list_names import Skip
from rules.subscription import Subscription
from store.list_copies import Problem
from store.list_progress import Progress, Step
from store.list_status import State, Status
from store.list_words import problem_words

_MEGABYTE = 1_000_000


def age_words(status: Status, subscription: Subscription) -> str:
    """When the list was last had from its source; that it waits, if it never was."""
    if status.copy is None:
        return "" if status.problem else _("Waiting for its first copy.")
    when = near_words(status.copy.checked_at)
    if subscription.file is not None:
        return _("Read from your file %(when)s.", when=when)
    if status.state is State.OLD:
        return _("Last fetched %(when)s.", when=when)
    return _("Fetched %(when)s.", when=when)


def stays_words(status: Status) -> str:
    """What is in force while the list fails."""
    if status.copy is None:
        return _("There is no copy of it yet.")
    return _(
        "The copy that was fetched %(when)s stays in force.",
        when=near_words(status.copy.fetched_at),
    )


def progress_words(progress: Progress) -> str:
    """How far the work on one list is."""
    if progress.step is Step.READ:
        return _("Reading it through…")
    if progress.step is Step.COMPILE:
        return _("Putting all lists together…")
    done = _megabytes(progress.done_bytes)
    if progress.total_bytes is None:
        return _("Fetching: %(done)s MB so far…", done=done)
    return _("Fetching: %(done)s of %(all)s MB…", done=done, all=_megabytes(progress.total_bytes))


def _megabytes(number: int) -> str:
    return number_words(round(number / _MEGABYTE, 1))


def fault_words(problem: Problem) -> str:
    """Why the last try to renew a list changed nothing, as a sentence."""
    words = problem_words(problem, language())
    return f"{words[:1].upper()}{words[1:]}."


def skip_names() -> dict[Skip, str]:
    """Why something in a list is not used, in the order in which it is shown."""
    return {
        Skip.GUARD: _("Sites that no list may block"),
        Skip.UNSUPPORTED: _("Rules that say more than to block a name"),
        Skip.UNREADABLE: _("Lines that name no site"),
        Skip.ADDRESS: _("Addresses of numbers"),
        Skip.NO_DOT: _("Names of this machine or house"),
        Skip.SUFFIX: _("Whole endings, such as com.vn"),
    }
