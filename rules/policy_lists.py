"""The published lists of the rule file: which are on, and what the family corrects in them."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from rules.address import is_word
from rules.catalog import Catalog, ListOffer
from rules.hosts import is_address, is_public_suffix, normal_host, parse_url
from rules.policy import EVERYTHING
from rules.policy_draft import Draft, Path
from rules.policy_forms import INTERVAL, LIST_FILE, LIST_URL
from rules.policy_shape import CorrectionShape, SubscriptionShape
from rules.problems import Sentence, nearest
from rules.subscription import Correction, Subscription

SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=30)
"""Between two fetches of a list: publishers ask for no more than one an hour."""

LONGEST_KEY = 50
"""Characters: files on the disk are called by it, and the name of a file has 255 bytes."""
_EXAMPLE = "{url: https://example.org/list.txt, category: gambling}"


def read_lists(
    draft: Draft, lists: Mapping[str, SubscriptionShape] | None, catalog: Catalog
) -> dict[str, Subscription]:
    """The lists that are on."""
    found = {}
    for key, written in (lists or {}).items():
        subscription: Subscription | None
        if key in catalog.offers:
            subscription = _offered(draft, catalog.offers[key], written, catalog)
        else:
            _refuse_key(draft, key, catalog.topics)
            subscription = _own(draft, key, written, catalog)
        if subscription is not None and written.get("is", "on") == "on":
            found[key] = subscription
    return found


def read_corrections(
    draft: Draft, corrections: Mapping[str, CorrectionShape] | None, topics: Collection[str]
) -> dict[str, Correction]:
    """The corrections by host. `topics` are all names that a list can put a site under."""
    found: dict[str, Correction] = {}
    for written, correction in (corrections or {}).items():
        path = ("corrections", written)
        host = _host(draft, written, path)
        names = [name for name in correction["not"] if name is not None]
        for position, name in enumerate(correction["not"]):
            if name is not None and name not in topics:
                message = Sentence("no category, service or list is called {name}", name=name)
                draft.refuse((*path, "not", position), message, nearest(name, [*topics]))
        if not correction["not"]:
            message = Sentence("this correction says nothing")
            draft.refuse(
                (*path, "not"), message, Sentence("write {example}", example="not: [adult]")
            )
        if host in found:
            message = Sentence("{host} is corrected twice", host=host)
            draft.refuse(path, message, Sentence("keep one of the two"), at_key=True)
        elif host is not None:
            found[host] = Correction(
                host=host,
                topics=frozenset(names),
                line=draft.line(path),
                note=correction.get("note", ""),
            )
    return found


def _refuse_key(draft: Draft, key: str, taken: Collection[str]) -> None:
    path = ("lists", key)
    if not is_word(key):
        message = Sentence("{name} cannot be a list's name", name=key)
        draft.refuse(path, message, Sentence("letters, digits, - and _"), at_key=True)
    elif len(key) > LONGEST_KEY:
        message = Sentence("a list's name has at most {most} letters", most=LONGEST_KEY)
        draft.refuse(path, message, Sentence("choose a shorter name"), at_key=True)
    elif key in taken or key == EVERYTHING:  # which a budget counts
        message = Sentence("{name} is the name of a topic already", name=key)
        draft.refuse(path, message, Sentence("choose another name"), at_key=True)


def _offered(
    draft: Draft, offer: ListOffer, written: SubscriptionShape, catalog: Catalog
) -> Subscription:
    path = ("lists", offer.key)
    for key in ("url", "file"):
        if key in written:
            draft.refuse(
                (*path, key),
                Sentence("Porchlight knows where {name} is published", name=offer.key),
                Sentence("write {example}, or give a list of your own another name", example="on"),
            )
    return Subscription(
        key=offer.key,
        line=draft.line(path),
        category=_category(
            draft, written.get("category", offer.category), catalog, (*path, "category")
        ),
        url=offer.url,
        every=_every(draft, written.get("every"), (*path, "every")) or offer.every,
    )


def _own(
    draft: Draft, key: str, written: SubscriptionShape, catalog: Catalog
) -> Subscription | None:
    path = ("lists", key)
    if not written and draft.written(path):
        return None  # neither on nor off, and refused for that
    if ("url" in written) == ("file" in written):
        if list(written) == ["is"]:
            message = Sentence("Porchlight offers no list called {name}", name=key)
            hint = nearest(key, [*catalog.offers]) if catalog.offers else _how()
        else:
            message = Sentence(
                "a list of your own has either {url} or {file}", url="url:", file="file:"
            )
            hint = _how()
        draft.refuse(path, message, hint, at_key=True)
        return None
    return Subscription(
        key=key,
        line=draft.line(path),
        category=_category(draft, written.get("category"), catalog, (*path, "category")),
        url=_url(draft, written.get("url"), (*path, "url")),
        file=_file(draft, written.get("file"), (*path, "file")),
        every=_every(draft, written.get("every"), (*path, "every")) or timedelta(days=1),
    )


def _how() -> Sentence:
    return Sentence("write {example}", example=_EXAMPLE)


def _category(draft: Draft, name: str | None, catalog: Catalog, path: Path) -> str | None:
    categories = [key for key, topic in catalog.topics.items() if not topic.is_service]
    if name is not None and name not in categories:
        message = Sentence("no category is called {name}", name=name)
        draft.refuse(path, message, nearest(name, categories))
    return name


def _url(draft: Draft, url: str | None, path: Path) -> str | None:
    if url is not None and not (LIST_URL.fullmatch(url) and _is_web(url)):
        message = Sentence("{written} is no address of a list", written=url)
        hint = Sentence("it begins with https:// and a public site's name")
        draft.refuse(path, message, hint)
    return url


def _is_web(url: str) -> bool:
    try:
        return parse_url(url).scheme == "https"
    except ValueError:
        return False


def _file(draft: Draft, name: str | None, path: Path) -> str | None:
    if name is not None and not LIST_FILE.fullmatch(name):
        message = Sentence("{written} is no name of a file in the folder lists/own", written=name)
        draft.refuse(path, message, Sentence("write the name alone, such as our-list.txt"))
    return name


def _every(draft: Draft, text: str | None, path: Path) -> timedelta | None:
    if text is None:
        return None
    match = INTERVAL.fullmatch(text)
    if match is not None:
        unit = timedelta(hours=1) if match[2] == "h" else timedelta(days=1)
        if SHORTEST <= int(match[1]) * unit <= LONGEST:
            return int(match[1]) * unit
    draft.refuse(
        path,
        Sentence("{written} is no time between an hour and 30 days", written=text),
        Sentence("write {example}", example="12h, 1d"),
    )
    return None


def _host(draft: Draft, text: str, path: Path) -> str | None:
    try:
        host = normal_host(text)
    except ValueError:
        host = ""
    if not host or "." not in host or is_address(host) or is_public_suffix(host):
        message = Sentence("{written} is no site", written=text)
        hint = Sentence("write a site such as example.com")
        draft.refuse(path, message, hint, at_key=True)
        return None
    return host
