"""What Porchlight knows of the web before anybody adds a list: the data files in `catalog/`, and the rule file to begin with."""

from datetime import timedelta
from functools import cache
from itertools import starmap
from pathlib import Path
from string import Template
from typing import Any

import yaml

from rules.catalog import (
    Carrier,
    Catalog,
    Helpline,
    ListMistake,
    ListOffer,
    Preset,
    SearchEngine,
    Topic,
)
from rules.guard import Guard, GuardGroup
from rules.hosts import normal_host
from rules.policy import Action, Language, LogLevel
from rules.safe_mode import SafeSearch, YouTube
from store.name_words import load_name_words
from store.never_opened import load_never_opened, load_seals
from store.safe_search import load_safe_search

_FILES = Path(__file__).parent / "catalog"


@cache
def load_catalog() -> Catalog:
    """Everything that a name in the rule file can mean, and whom to call. Read from disk once.

    Raises:
        ValueError: a data file names what is no host.
    """
    return Catalog(
        topics=_categories() | _services(),
        name_words=load_name_words(),
        presets={key: _preset(key, written) for key, written in _read("presets").items()},
        offers={key: _offer(key, written) for key, written in _read("offers").items()},
        mistakes={
            mistake.host: mistake for mistake in starmap(_mistake, _read("corrections").items())
        },
        help_sites=frozenset().union(*map(_hosts, _read("help_sites").values())),
        seals=load_seals(),
        never_opened=load_never_opened(),
        helplines={
            country: tuple(Helpline(**line) for line in lines)
            for country, lines in _read("helplines").items()
        },
        search_engines=_search_engines(),
        carriers=_carriers(),
        safe_search=load_safe_search(),
    )


@cache
def load_guard() -> Guard:
    """What no published list may block. Read from disk once.

    Raises:
        ValueError: the data file names what is no host.
    """
    return Guard(
        groups=tuple(
            GuardGroup(
                key=key,
                why=group["why"],
                hosts=_hosts(group["hosts"]),
                is_tree=group.get("everything_below", False),
                is_alarm=group.get("alarm", False),
            )
            for key, group in _read("guard").items()
        )
    )


def starter_text(timezone: str, language: Language, country: str | None) -> str:
    """The commented rule file of a family that has none yet, in its language.

    Nobody's devices are in it: until a parent names one, every device is `unknown`.
    """
    template = Template((_FILES / f"starter.{language.value}.yaml").read_text(encoding="utf-8"))
    # An unasked country stays a comment: a number to call is never guessed (111 is the child
    # helpline of Viet Nam and the emergency number of New Zealand).
    line = f"country: {country}" if country else "# country: VN"
    return template.substitute(timezone=timezone, country=line)


def _categories() -> dict[str, Topic]:
    return {
        key: Topic(key=key, title=written["title"], hosts=_hosts(written["hosts"]))
        for key, written in _read("categories").items()
    }


def _services() -> dict[str, Topic]:
    return {
        key: Topic(
            key=key,
            title=written["title"],
            hosts=_hosts(written["hosts"]),
            is_service=True,
            heading=heading,
        )
        for heading, services in _read("services").items()
        for key, written in services.items()
    }


def _search_engines() -> dict[str, SearchEngine]:
    return {
        host: SearchEngine(
            key=key,
            paths=tuple(written["paths"]),
            parameters=frozenset(map(str.casefold, written["parameters"])),
        )
        for key, written in _read("search_engines").items()
        for host in written["hosts"]
    }


def _carriers() -> dict[str, tuple[Carrier, ...]]:
    found: dict[str, tuple[Carrier, ...]] = {}
    for key, written in _read("carriers").items():
        carrier = Carrier(
            key=key,
            is_label=written.get("label", False),
            paths=tuple(written.get("paths", ())),
            parameters=frozenset(map(str.casefold, written.get("parameters", ()))),
            is_worth_opening=written.get("worth_opening", True),
        )
        for host in map(normal_host, written["hosts"]):
            found[host] = (*found.get(host, ()), carrier)
    return found


def _preset(key: str, written: dict[str, Any]) -> Preset:
    return Preset(
        key=key,
        ages=written["ages"],
        default=Action(written["default"]),
        block=tuple(written["block"]),
        log=LogLevel(written["log"]),
        tuesday=written["tuesday"],
        read_names=written["read_names"],
        search=SafeSearch(
            is_safe=written["search"]["safe"] == "strict",
            youtube=YouTube(written["search"]["youtube"]),
        ),
    )


def _offer(key: str, written: dict[str, Any]) -> ListOffer:
    # `grade` and `read_on` are for the person who checks the file
    return ListOffer(
        key=key,
        title=written["title"],
        url=written["url"],
        category=written["category"],
        licence=written["licence"],
        home=written["home"],
        every=timedelta(**written["every"]),
        domains=written["domains"],
        countries=tuple(written.get("countries", ())),
        is_recommended=written.get("recommended", False),
    )


def _mistake(host: str, written: dict[str, Any]) -> ListMistake:
    return ListMistake(host=normal_host(host), topics=frozenset(written["not"]), why=written["why"])


def _hosts(texts: list[str]) -> frozenset[str]:
    return frozenset(map(normal_host, texts))


def _read(name: str) -> dict[str, Any]:
    text = (_FILES / f"{name}.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return content
