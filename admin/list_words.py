"""What there is to say of a published list, in plain words: how old it is, why it failed, what was left out of it."""

from admin.texts import gettext as _
from admin.texts import near_words, number_words
from rules.list_names import Skip
from rules.policy import Subscription
from store.list_copies import Problem
from store.list_faults import Fault
from store.list_progress import Progress, Step
from store.list_status import State, Status

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
    """Why the last try to renew a list changed nothing."""
    detail = problem.detail
    said = _way_words(detail) | _content_words(detail) | _our_words(detail)
    return said[problem.fault]


def _way_words(detail: str) -> dict[Fault, str]:
    """On the way to the list."""
    return {
        Fault.NOT_HTTPS: _(
            "Its address, or one that it leads on to, does not begin with https://."
        ),
        Fault.UNKNOWN_NAME: _("The name of its server is not known: %(detail)s.", detail=detail),
        Fault.INSIDE: _("Its address leads inside a house, and no list is fetched from there."),
        Fault.UNREACHABLE: _("Its server could not be reached. Is the house online?"),
        Fault.NOT_SECURE: _("Its server could not prove who it is, so nothing was taken from it."),
        Fault.SLOW: _("Its server took too long to answer."),
        Fault.NOT_HTTP: _("Its server answered with something that is no web answer."),
        Fault.REDIRECTS: _("Its address leads on from one to the next without an end."),
        Fault.STATUS: _(
            "Its server has no list at this address (answer %(detail)s).", detail=detail
        ),
        Fault.CUT: _("It broke off before its end."),
    }


def _content_words(detail: str) -> dict[Fault, str]:
    """In what came."""
    now, _sign, before = detail.partition(" < ")
    return {
        Fault.TOO_LARGE: _("It is larger than any list is."),
        Fault.PACKING: _("It is packed in a way that Porchlight does not read, or is damaged."),
        Fault.NOT_TEXT: _("What came is no text."),
        Fault.WEB_PAGE: _("The answer was a web page, not a list."),
        Fault.NO_LIST: _("What came does not look like a list of sites."),
        Fault.EMPTY: _("It names nothing."),
        Fault.SHRUNK: _(
            "It has lost more than half (%(before)s entries before, %(now)s now). "
            "Perhaps it came cut short.",
            before=before,
            now=now,
        ),
        Fault.ALARM: _(
            "It blocks a site that everybody needs (%(detail)s), so nobody can have looked at it.",
            detail=detail,
        ),
        Fault.FAVOURITES: _("It blocks many sites that everybody needs, so it cannot be right."),
    }


def _our_words(detail: str) -> dict[Fault, str]:
    """On this machine."""
    return {
        Fault.CANCELLED: _("The update was stopped."),
        Fault.DISK: _("This machine could not keep it: %(detail)s.", detail=detail),
        Fault.NO_FILE: _("There is no such file in the folder lists/own."),
    }


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
