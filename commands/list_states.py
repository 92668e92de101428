"""What `porchlight lists` prints: what is on and how it stands, what is on offer. The keys are a promise: README, "What scripts may rely on"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from rules.catalog import ListOffer
from rules.domain_table import DomainTable
from rules.policy import Language
from rules.subscription import Subscription
from store.list_progress import Progress
from store.list_status import Status
from store.list_words import STEPS, number, status_words

type Row = dict[str, object]

WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.ENGLISH: {
        "on": "On:",
        "none": "No list is on. A line in family.yaml turns one on: lists: {{{key}: on}}",
        "off": "On offer:",
        "own": "a list of your own",
        "not-yet": "; not in the table yet",
        "table": "The table in force, domains: {domains}",
        "no-table": "There is no table yet.",
        "updating": "Process {pid} works on it now: {key} {step}.",
        "entries": "entries: {count}",
        "about": "about {count} domains",
    },
    Language.VIETNAMESE: {
        "on": "Đang bật:",
        "none": "Chưa bật danh sách nào. Muốn bật, thêm một dòng vào family.yaml: lists: {{{key}: on}}",
        "off": "Có thể bật:",
        "own": "danh sách riêng của gia đình",
        "not-yet": "; chưa vào bảng",
        "table": "Bảng đang dùng có {domains} tên miền.",
        "no-table": "Chưa có bảng nào.",
        "updating": "Tiến trình {pid} đang cập nhật: {key} {step}.",
        "entries": "{count} mục",
        "about": "khoảng {count} tên miền",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All lists of a house: those that are on, and those on offer."""

    lists: Mapping[str, Subscription]
    """That are on."""
    statuses: tuple[Status, ...]
    """Of these, in the same order."""
    offers: Mapping[str, ListOffer]
    table: DomainTable | None
    progress: Progress | None


def shelf_row(shelf: Shelf) -> Row:
    """The lists for scripts."""
    on = [_on_row(shelf, status) for status in shelf.statuses]
    off = [_offer_row(offer) for key, offer in shelf.offers.items() if key not in shelf.lists]
    progress = shelf.progress
    return {
        "lists": on + off,
        "table": None if shelf.table is None else {"domains": len(shelf.table)},
        "updating": progress
        and {"pid": progress.pid, "list": progress.key, "step": progress.step.value},
    }


def _on_row(shelf: Shelf, status: Status) -> Row:
    one, copy, problem = shelf.lists[status.key], status.copy, status.problem
    return {
        "list": status.key,
        "on": True,
        "category": one.category,
        "url": one.url,
        "file": one.file,
        "every": int(one.every.total_seconds()),
        "state": status.state.value,
        "in_force": status.is_in_force,
        "entries": copy and copy.entries,
        "pages": copy and copy.pages,
        "skipped": copy and status.skipped,
        "fetched_at": copy and _iso(copy.fetched_at),
        "checked_at": copy and _iso(copy.checked_at),
        "problem": problem
        and {
            "fault": problem.fault.value,
            "detail": problem.detail,
            "since": _iso(problem.since),
            "at": _iso(problem.at),
        },
    }


def _offer_row(offer: ListOffer) -> Row:
    return {
        "list": offer.key,
        "on": False,
        "category": offer.category,
        "url": offer.url,
        "every": int(offer.every.total_seconds()),
        "domains": offer.domains,
        "licence": offer.licence,
        "countries": list(offer.countries),
        "recommended": offer.is_recommended,
    }


def shelf_lines(shelf: Shelf, language: Language) -> str:
    """The lists for people."""
    return "\n".join(_lines(shelf, language))


def _lines(shelf: Shelf, language: Language) -> Iterator[str]:
    words = WORDS[language]
    off = [offer for key, offer in shelf.offers.items() if key not in shelf.lists]
    width = max(map(len, [*shelf.lists, *(offer.key for offer in off)]), default=0)
    if shelf.statuses:
        yield words["on"]
    elif off:
        yield words["none"].format(key=off[0].key)
    for status in shelf.statuses:
        yield f"  {status.key:{width}}  {_standing(shelf, status, language)}"
    if shelf.progress is not None:
        step = STEPS[language][shelf.progress.step]
        yield words["updating"].format(pid=shelf.progress.pid, key=shelf.progress.key, step=step)
    if shelf.statuses:
        yield (
            words["no-table"]
            if shelf.table is None
            else words["table"].format(domains=number(len(shelf.table), language))
        )
    if off:
        yield words["off"]
    for offer in off:
        countries = f" ({', '.join(offer.countries)})" if offer.countries else ""
        count = words["about"].format(count=number(offer.domains, language))
        title = offer.title[language.value]
        yield f"  {offer.key:{width}}  {offer.category}, {title}{countries}, {count}"


def _standing(shelf: Shelf, status: Status, language: Language) -> str:
    words, category = WORDS[language], shelf.lists[status.key].category
    parts = [category] if category else []
    if status.key not in shelf.offers:
        parts.append(words["own"])
    if status.copy is not None:
        parts.append(words["entries"].format(count=number(status.copy.entries, language)))
    missing = "" if status.is_in_force or status.copy is None else words["not-yet"]
    return f"{', '.join([*parts, status_words(status, language)])}{missing}"


def _iso(moment: datetime) -> str:
    return moment.isoformat()
