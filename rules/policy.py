"""All that a parent decides, as the rule file says it. Once a Policy exists it is right.

The docstring under a field that is a key of the rule file is written for parents: their editor and
the manual show it (rules/policy_meaning.py). It ends with what holds without the key. What only the
code has to know stands in a comment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from rules.hosts import Url
from rules.safe_mode import SafeSearch
from rules.subscription import Correction, Subscription

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
    """It is under `never`."""
    GRANT = "grant"
    """A parent has opened or closed it for a while."""
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
    """No other line spoke of it."""
    ASK = "ask"
    """No other line spoke of it, and the profile asks before anything new opens."""
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
    """Nothing at all."""


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

    words: tuple[str, ...]  # in normal form (rules/search.py)
    """Words in a search, wherever it is made. All of them must stand in it, in this order and next to
    each other. Without accents they mean words with and without."""
    text: str = field(default="", compare=False)
    """As the parent wrote them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileType:
    """Files by the endings of their names, wherever they are."""

    endings: tuple[str, ...]  # in small letters, without the first dot
    """How the names of files end, wherever they are: `exe`, `tar.gz`. One of them is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mime:
    """Answers by what they say that they are, wherever they come from."""

    type: str  # in small letters
    """What an answer says that it is, wherever it comes from: `application/zip`; `video/*` is every kind of video."""


type Target = Site | Network | Pattern | Word | Search | FileType | Mime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line that allows or blocks something."""

    address: str
    """Which place the line is about, or which places under one name."""
    # as the parent wrote it; with its key if it is no address: `search: words`, `file: exe, msi`
    target: Target
    """What the address means."""
    line: int
    """1-based line in the rule file."""
    starts: datetime | None = None  # aware
    """From when on the line counts. Without it: at once."""
    ends: datetime | None = None  # aware; the entry counts before this moment
    """Until when the line counts: that day included, or until the hour if one is given. Without it: for ever."""
    note: str = ""
    """Why. Your child can read it. Without it: nothing."""


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
    allowances: Mapping[str, timedelta | None]  # by kind of day; None is `unlimited`
    """How much time a kind of day has, at most `24h`: a name under `days:`, a weekday, or `every_day`. Where several
    fit, the first of these counts. Without it: no limit on that day."""
    line: int
    carry_over: timedelta = timedelta()
    """How much of what is left at a day's end the next day with time has on top, at most. Without it: `0m`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """Days on which another kind of day is played."""

    first: date
    """The first day."""
    last: date
    """The last day, included."""
    use: str
    """Which kind of day is played."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A thing that goes on the internet.

    Where what it is known by disagrees, `wireguard` counts before `login`, `mac`, `ip` and `port`.
    """

    line: int
    address: IPv4Address | IPv6Address | None = None
    """The address that it has at home. Ask your router to give it the same one every time."""
    mac: str | None = None  # small letters and colons
    """The number of its network card. It stays the same when the address changes."""
    login: str | None = None
    """The name with which the device signs in to the filter. The password is set with `porchlight login`."""
    wireguard: str | None = None
    """The name of a WireGuard key that only this device has. It is known by it wherever it is."""
    port: int | None = None
    """A port of the filter that only this device uses, where nothing else tells who it is."""
    tunnel: EntryList = ()
    """What is never opened on this device: apps that refuse it. Their names are filtered all the same. Without it: nothing."""
    opens: EntryList = ()
    """What is opened on this device, though Porchlight leaves such apps alone by itself."""
    is_sealed: bool = False
    """`decrypt: never`: nothing is opened on this device; what a name decides still holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One child, one grown-up, or the devices that nobody has named."""

    key: str
    """The name in the file, `younger`."""
    name: str
    """What people read. Without it: the profile's name in this file."""
    line: int
    language: Language
    """For the pages that the child sees. Without it: the family's."""
    devices: tuple[str, ...] = ()
    """The devices whose rules these are. One device belongs to one profile. Without it: none."""
    preset: str | None = None
    """What the profile begins with, by age. It gives what the profile leaves out, and names to block
    that are asked after the profile's own. Without it: nothing."""
    default: Action = Action.ALLOW
    """What happens to what no line speaks of. `ask` closes it, and invites the child to ask for it.
    Without it: the preset's, else `allow`."""
    is_asking: bool = False
    """`default: ask`: what no other rule speaks of is blocked, and the page invites to ask for it."""
    allow: EntryList = ()
    """What is open. An address here opens its door, and does not stop the clock. Without it: nothing."""
    block: EntryList = ()  # what `downloads: block:` names is among these
    """What is closed, on top of what the preset closes. Without it: nothing."""
    windows: Mapping[str, tuple[Window, ...]] | None = None
    """When the internet is open, by kind of day. A day that has none is closed. Without it: at all hours."""
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    """How much time a day something may take, by what is counted: `everything`, or a group, a category, a
    service or a list by its name. Without it: no limit."""
    log: LogLevel = LogLevel.SITES
    """How much of what the profile does is written down. Your child may know which. Without it: the preset's, else `sites`."""
    read_names: bool = False
    """Whether words in a site's own name may tell that it is for grown-ups or about betting, where no list
    knows the site. Without it: the preset's, else `off`."""
    search: SafeSearch = field(default_factory=SafeSearch)
    """What search engines and YouTube leave out. Without it: the preset's, else nothing."""


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
    """Who asks."""
    url: Url
    """What is asked for."""
    action: Action
    """What the answer has to be."""
    line: int
    at: WeekMoment | datetime | None = None  # a datetime is aware; None is `any`
    """When. Without it: `any`, every moment of a normal week, and of the holidays."""
    because: Reason | None = None
    """Which question must have given the answer. Without it: whichever."""
    note: str = ""
    """Why you expect it. Without it: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All that a family decides about its web."""

    file: str
    """The file's name as shown to people, `family.yaml`."""
    revision: str
    """The first 12 hex digits of the SHA-256 of the file's text."""
    timezone: str  # an IANA name, known to zoneinfo
    """The time zone of all hours in this file."""
    country: str | None = None
    """Whose helplines children are shown. Without it: none are."""
    language: Language = Language.ENGLISH
    """For the pages that children see; a profile may choose its own. Without it: `en`."""
    when_filter_fails: Action = Action.BLOCK
    """What children get if Porchlight itself breaks. Without it: `block`."""
    groups: Mapping[str, EntryList] = field(default_factory=dict)
    """Several addresses under one name, to use wherever an address can stand. Without it: none."""
    never: EntryList = ()
    """What is closed for everyone. Opening something for a while does not open it. Without it: nothing."""
    anytime: EntryList = ()
    """What is open outside the windows too, and uses no budget. It opens no door by itself. Without it: nothing."""
    lists: Mapping[str, Subscription] = field(default_factory=dict)  # those that are on, by key
    """The published lists that are used. Without it: none."""
    corrections: Mapping[str, Correction] = field(default_factory=dict)  # by host
    """What lists have wrong. It opens nothing that another line closes. Without it: nothing."""
    days: Mapping[str, frozenset[Weekday]] = field(default_factory=dict)
    """Kinds of day, for windows and budgets. Without it: the weekdays and `every_day`."""
    holidays: Mapping[str, Holiday] = field(default_factory=dict)
    """Days on which another kind of day is played. Without it: none."""
    everyone_allow: EntryList = ()
    """What is open for all, unless a profile says otherwise. Without it: nothing."""
    everyone_block: EntryList = ()
    """What is closed for all, unless a profile says otherwise. Without it: nothing."""
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    """Who has which rules. `unknown` is the one of every device that nobody has named. Without it: only
    `never` and `everyone` hold."""
    # by key; `unknown` is always there: the file's, or one that blocks nothing itself
    devices: Mapping[str, Device] = field(default_factory=dict)
    """The things at home that go on the internet. Without it: each is unknown."""
    expect: tuple[Expectation, ...] = ()
    """Tests of your own; a file that fails one is refused. Without it: none."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of a key by its path in words: `profiles.younger.default` -> 31."""
