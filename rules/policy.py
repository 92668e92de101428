"""All that a parent decides, as the rule file says it. Once a Policy exists it is right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from rules.hosts import Url

FORMAT = 1
"""The number after `porchlight:` in the rule file that this version reads and writes."""

EVERYTHING = "everything"
"""The budget that counts all of the internet."""

UNKNOWN = "unknown"
"""The profile of a device that nobody has named yet."""


class Action(Enum):
    """What happens to a request."""

    ALLOW = "allow"
    BLOCK = "block"


class Reason(Enum):
    """Which question gave the answer."""

    HELP = "help"
    """A help site is always open."""
    NEVER = "never"
    """The family's floor."""
    GRANT = "grant"
    """A parent's live answer: opened or paused for a while."""
    SITE = "site"
    """An entry of the profile or the family names this address."""
    SEARCH = "search"
    """An entry names words that were searched for."""
    FILE = "file"
    """An entry names this kind of file."""
    WINDOW = "window"
    """The internet is closed at this hour."""
    BUDGET = "budget"
    """No time is left for it today."""
    CATEGORY = "category"
    """The host is in a category or service that an entry names."""
    DEFAULT = "default"
    """Nothing else spoke."""
    ASK = "ask"
    """Nothing else spoke, and the profile asks before anything new opens."""
    LOCAL = "local"
    """An address inside the house, which the proxy does not open."""
    UNREADABLE = "unreadable"
    """An address or request that no browser would send; the proxy answers 400."""
    FAILED = "failed"
    """Porchlight itself broke; the policy's `when_filter_fails` answered."""


class Language(Enum):
    """A language in which Porchlight speaks to people."""

    ENGLISH = "en"
    VIETNAMESE = "vi"


class LogLevel(Enum):
    """How much of what a profile does is written down. A child can see which."""

    FULL = "full"
    """Whole addresses, with what follows `?`."""
    SITES = "sites"
    """Host names only."""
    BLOCKED = "blocked"
    """Host names, and only of what was blocked."""
    COUNTS = "counts"
    """How many a day, no names."""
    NOTHING = "nothing"


class Weekday(Enum):
    """A day of the week, as the rule file spells it. The value is `date.weekday()`."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


class Scope(Enum):
    """How much of a host's family an address means."""

    TREE = "tree"
    """`example.com`: that host and everything below it."""
    ALONE = "alone"
    """`=example.com`: that host alone."""
    BELOW = "below"
    """`*.example.com`: everything below it, not itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place on the web: a host, and perhaps a path and parameters there."""

    host: str
    """In normal form (rules/hosts.py); an ending such as `zip` for `*.zip`."""
    scope: Scope = Scope.TREE
    path: str | None = None
    """Normal form, without the last slash: `/shorts`. None means every path."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Decoded names and values that must all be among the request's parameters, in any order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A block of addresses, `192.168.1.0/24`, or one address."""

    network: IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A regular expression (RE2 syntax), searched for in the whole normalised URL."""

    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The name of a category or service. Groups are resolved to what is in them."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Words that somebody searches for, wherever that is."""

    words: tuple[str, ...]
    """In normal form (rules/search.py). All of them must stand in the search, in this order and next to
    each other. Without accents they mean words with and without."""
    text: str = field(default="", compare=False)
    """As the parent wrote them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileType:
    """Files by the endings of their names, wherever they are."""

    endings: tuple[str, ...]
    """In small letters, without the first dot: `exe`, `tar.gz`. One of them is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mime:
    """Answers by what they say that they are, wherever they come from."""

    type: str
    """In small letters: `application/zip`; `video/*` is every kind of video."""


type Target = Site | Network | Pattern | Word | Search | FileType | Mime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line that allows or blocks something."""

    address: str
    """As the parent wrote it; with its key if it is no address: `search: words`, `file: exe, msi`."""
    target: Target
    """What the address means."""
    line: int
    """1-based line in the rule file."""
    starts: datetime | None = None
    """`from:`. Aware. None means since ever."""
    ends: datetime | None = None
    """`until:`. Aware. The entry counts before this moment. A date without an hour ends with that day. None means for ever."""
    note: str = ""
    """The parent's own words on why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupUse:
    """The name of one of the family's groups where an entry could stand."""

    group: str
    line: int
    starts: datetime | None = None
    ends: datetime | None = None
    note: str = ""


type EntryList = tuple[Entry | GroupUse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of a day in which the internet is open."""

    opens: time
    """Wall clock of the policy's time zone."""
    closes: time
    """Wall clock. Before `opens` means the next morning; 00:00 is midnight at the day's end, `24:00` in the file."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much time a day something may take."""

    key: str
    """What it counts: a group, category, service or list by name, or `everything`."""
    allowances: Mapping[str, timedelta | None]
    """By kind of day: a name under `days:`, a weekday's name, or `every_day`; where several fit, the first of these
    counts. At most 24 hours; 0 is none, None is `unlimited`. A day that is not named has no limit."""
    line: int
    carry_over: timedelta = timedelta()
    """How much of what is left at a day's end the next day with time has on top, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """Days on which another kind of day is played."""

    first: date
    """`from:`."""
    last: date
    """`to:`. Included."""
    use: str
    """The kind of day, a name under `days:`, or a weekday's name."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A thing that goes on the internet."""

    address: IPv4Address | IPv6Address
    """`ip:`. The address under which the proxy sees it."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One child, one grown-up, or the devices that nobody has named."""

    key: str
    """The name in the file, `younger`."""
    name: str
    """`name:`, for people. The key if the file gives none."""
    line: int
    language: Language
    """`language:`; the family's if the file gives none."""
    devices: tuple[str, ...] = ()
    """Names under `devices:`. One device belongs to one profile."""
    preset: str | None = None
    """`preset:`, a key of the catalog. Gives what the profile leaves out, and words to block that are
    asked after the profile's own entries."""
    default: Action = Action.ALLOW
    """What happens to what no other rule speaks of."""
    is_asking: bool = False
    """`default: ask`: what no other rule speaks of is blocked, and the page invites to ask for it."""
    allow: EntryList = ()
    block: EntryList = ()
    """What `downloads: block:` names is among these."""
    windows: Mapping[str, tuple[Window, ...]] | None = None
    """`time: windows:`, by kind of day: a name under `days:`, a weekday's name, or `every_day`.
    The internet is open in these windows only. None means at all times."""
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    """`time: budgets:`, by what they count."""
    log: LogLevel = LogLevel.SITES
    read_names: bool = False
    """`read_names:`, on or off: whether a host's own name is read for words that tell what it is about, where no list knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A published list that the family uses: one of Porchlight's offers, or one of its own."""

    key: str
    """Its name in the file, which entries may use, too."""
    line: int
    category: str | None
    """`category:`, a key of the catalog under which all that it names falls. None: only entries that name the list use it."""
    url: str | None = None
    """`url:`, where it is published. None for a file."""
    file: str | None = None
    """`file:`, the name of a file in the folder `lists/own` of Porchlight's home. None for a published one."""
    every: timedelta = timedelta(days=1)
    """`every:`, how often it is fetched: between an hour and 30 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What lists have wrong about one site, as the family says."""

    host: str
    """In normal form, with everything below it."""
    topics: frozenset[str]
    """`not:`, the categories, services and lists that it does not belong to."""
    line: int
    note: str = ""
    """The parent's own words on why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekMoment:
    """An hour of a normal week, `mon 23:00`."""

    day: Weekday
    hour: time
    """Wall clock of the policy's time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One of the family's own tests of its rules."""

    who: str
    """A profile's or a device's key."""
    url: Url
    action: Action
    """`is:`, allowed or blocked."""
    line: int
    at: WeekMoment | datetime | None = None
    """A datetime is aware. None is `any`: every moment of a normal week, and of the holidays."""
    because: Reason | None = None
    """The question that must have answered. None: whichever."""
    note: str = ""
    """The parent's own words on why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One rule file."""

    file: str
    """The file's name as shown to people, `family.yaml`."""
    revision: str
    """The first 12 hex digits of the SHA-256 of the file's text."""
    timezone: str
    """An IANA name, known to zoneinfo."""
    country: str | None = None
    """ISO 3166 alpha-2; says which helplines are shown. None: none is assumed."""
    language: Language = Language.ENGLISH
    when_filter_fails: Action = Action.BLOCK
    """What children get if Porchlight itself breaks."""
    groups: Mapping[str, EntryList] = field(default_factory=dict)
    never: EntryList = ()
    """For everyone; no grant opens it."""
    anytime: EntryList = ()
    """Open outside the windows too."""
    lists: Mapping[str, Subscription] = field(default_factory=dict)
    """By key, those that are on."""
    corrections: Mapping[str, Correction] = field(default_factory=dict)
    """By host."""
    days: Mapping[str, frozenset[Weekday]] = field(default_factory=dict)
    holidays: Mapping[str, Holiday] = field(default_factory=dict)
    everyone_allow: EntryList = ()
    """`everyone: allow:`, asked after the profile's own."""
    everyone_block: EntryList = ()
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    """By key. `unknown` is always there: the file's, or one that blocks nothing but `never`."""
    devices: Mapping[str, Device] = field(default_factory=dict)
    expect: tuple[Expectation, ...] = ()
    """What the family expects of these rules; a text that fails one is not accepted."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of a key by its path in words: `profiles.younger.default` -> 31."""
