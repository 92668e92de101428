"""What Porchlight itself knows: categories, services, presets by age, help sites, helplines. The store reads it from data files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from rules.name_score import NameWords
from rules.policy import Action, LogLevel
from rules.safe_mode import SafeSearch


@dataclass(frozen=True, slots=True, kw_only=True)
class Helpline:
    """A number that a child can call."""

    number: str
    name: Mapping[str, str]
    """By language, `en` and `vi`."""
    hours: Mapping[str, str]
    """By language: when somebody answers, and what it costs."""
    source: str
    verified_on: str
    """ISO date of the last check by a person or source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A category (`adult`) or service (`youtube`): a name for many hosts."""

    key: str
    title: Mapping[str, str]
    """By language, `en` and `vi`, as a child would read it in a sentence: "games", "trò chơi"."""
    hosts: frozenset[str] = frozenset()
    """In normal form; each means itself and everything below it."""
    is_service: bool = False
    """One firm's offer (`zalo`), more exact than a category (`social`)."""
    heading: str = ""
    """Under which the manual names a service, `films and music`. Empty for a category."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What a profile begins with, by age (`curious`). What the profile says itself goes before it."""

    key: str
    ages: str
    """In years, `8-10`."""
    default: Action
    block: tuple[str, ...]
    """Categories and services by key; asked after the profile's own entries."""
    log: LogLevel
    tuesday: Mapping[str, str]
    """By language, `en` and `vi`: what it means for a child on an ordinary day."""
    read_names: bool = False
    """Whether host names are read for words (rules/name_score.py)."""
    search: SafeSearch = field(default_factory=SafeSearch)
    """What search engines and YouTube leave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOffer:
    """A published list that Porchlight knows; `lists: {hagezi-nsfw: on}` turns it on."""

    key: str
    title: Mapping[str, str]
    """By language, `en` and `vi`."""
    url: str
    category: str
    """Key of the category under which its entries fall."""
    licence: str
    home: str
    """The page on which its mistakes are reported."""
    every: timedelta
    """How often it is fetched."""
    domains: int
    """About how many it has."""
    countries: tuple[str, ...] = ()
    """ISO 3166 alpha-2: for families of these countries. Empty: for all."""
    is_recommended: bool = False
    """Among those that one click turns on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMistake:
    """What published lists have wrong about one site."""

    host: str
    """In normal form, with everything below it."""
    topics: frozenset[str]
    """The categories that it does not belong to, whatever a list says."""
    why: Mapping[str, str]
    """By language, `en` and `vi`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEngine:
    """A site's own search, as far as an address shows what was searched for."""

    key: str
    paths: tuple[str, ...]
    """Where searches are asked, each with everything below it."""
    parameters: frozenset[str]
    """Those that hold the words, in small letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A site that shows other sites' pages: where their addresses stand in its own."""

    key: str
    is_label: bool = False
    """In the host's name, with hyphens for dots: `vi-m-wikipedia-org.translate.goog`."""
    paths: tuple[str, ...] = ()
    """Behind one of these beginnings of the path."""
    parameters: frozenset[str] = frozenset()
    """In one of these, in small letters; `?` is all that follows the question mark."""
    is_worth_opening: bool = True
    """False: the site does much else, so it is never decrypted for this alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeWay:
    """What makes a search engine leave things out."""

    parameters: tuple[tuple[str, str], ...] = ()
    """Names and values that a search has to have, plain ASCII."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names and values that every request has to have."""
    name: str | None = None
    """The maker's safe name, to whose addresses connections go. None: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeEngine:
    """A search engine whose maker offers to leave out what is meant for grown-ups."""

    key: str
    paths: tuple[str, ...]
    """In small letters: where searches are asked, each with everything below it; `=/` is the home page alone."""
    ways: Mapping[str, SafeWay]
    """By mode, `strict` and `moderate`."""
    is_youtube: bool = False
    """It follows the setting for YouTube."""
    is_opened: bool = True
    """Where it has no safe name it is opened, so that its requests can be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKind:
    """A kind of host that is never opened."""

    key: str
    """`bank`, `health`, `government`, `pinned`, `update`, `captive`."""
    title: Mapping[str, str]
    """By language, `en` and `vi`, as what follows "this is"."""
    is_private: bool = False
    """Where such a host is blocked, not even our own page is shown in its name: the connection is closed."""
    is_liftable: bool = False
    """A device's `decrypt` may name it, and it is opened there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything that a name in the rule file can mean, and whom to call."""

    topics: Mapping[str, Topic] = field(default_factory=dict)
    """Categories and services by key."""
    presets: Mapping[str, Preset] = field(default_factory=dict)
    """By key, the youngest first."""
    offers: Mapping[str, ListOffer] = field(default_factory=dict)
    """Published lists by key."""
    mistakes: Mapping[str, ListMistake] = field(default_factory=dict)
    """By host."""
    name_words: NameWords | None = None
    """By which hosts' own names are read. None: they are not."""
    help_sites: frozenset[str] = frozenset()
    """Hosts that are always open, never decrypted, never logged."""
    seals: Mapping[str, SealKind] = field(default_factory=dict)
    """Kinds of hosts that are never opened, by key."""
    never_opened: Mapping[str, str] = field(default_factory=dict)
    """Host in normal form, with everything below it -> the key of its kind. The nearest name counts."""
    helplines: Mapping[str, tuple[Helpline, ...]] = field(default_factory=dict)
    """By country, ISO 3166 alpha-2."""
    search_engines: Mapping[str, SearchEngine] = field(default_factory=dict)
    """By host, which means everything below it too; `google.*` is that name under every public suffix."""
    carriers: Mapping[str, tuple[Carrier, ...]] = field(default_factory=dict)
    """By host, which means everything below it too."""
    safe_search: Mapping[str, SafeEngine] = field(default_factory=dict)
    """By host, which means itself alone."""
