"""Which keys the rule file has, and what kind of value each takes. What the values mean is read later.

What stands under a kind, and under a key that is no field of the model, is shown to parents: in their
editor (rules/policy_schema.py) and in the manual (rules/policy_reference.py).
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import BeforeValidator, ConfigDict, with_config

type Text = str
"""Your own words."""
type Name = str
"""A name of your own: letters, digits, `-` and `_`."""
type Zone = str
"""The name of a time zone: `Asia/Ho_Chi_Minh`."""
type Country = str
"""Two capital letters: `VN`."""
type LanguageName = Literal["en", "vi"]
type ActionName = Literal["allow", "block"]
type WeekdayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

type Address = str
"""A site, a page, a regular expression or a name: `example.com`, `youtube.com/shorts/`, `adult`."""
type SearchWords = str
"""Words: `bath bomb`."""
type Ending = str
"""The end of a file's name: `exe`."""
type Endings = list[Ending | None]
"""A list of endings: `[exe, apk, msi]`."""
type MimeType = str
"""A type of answers: `application/zip`, `video/*`."""
type Moment = str
"""A day, `2026-12-20`, or a day with an hour, `2026-12-20 17:00`."""
type Day = str
"""A day: `2027-02-03`."""


# None in a list stands for an item that has been refused.
EntryShape = TypedDict(
    "EntryShape",
    {
        "site": NotRequired[Address],
        "search": NotRequired[SearchWords],
        "file": NotRequired[Endings],
        "mime": NotRequired[MimeType],
        "from": NotRequired[Moment],
        "until": NotRequired[Moment],
        "note": NotRequired[Text],
    },
)
# The short form, an address alone, is read as `{site: address}`. It has one of the first four.


def _long_form(value: object) -> object:
    return {"site": value} if isinstance(value, str) else value


type Item = Annotated[
    EntryShape, BeforeValidator(_long_form, json_schema_input_type=Address | EntryShape)
]
"""An address alone, `youtube.com`, or an entry with more to say: `{site: youtube.com, until: 2026-12-20}`."""
type Items = list[Item | None] | None
"""A list of entries: `[adult, youtube.com]`."""
type Groups = dict[Name, Items] | None
"""Names of your own, each with a list of entries."""


class ListsShape(TypedDict, total=False):
    """What is open and what is closed for all."""

    allow: Items
    block: Items


type DayKind = str
"""A kind of day: a name under `days:`, a weekday (`mon` to `sun`), or `every_day`."""
type Days = dict[Name, list[WeekdayName | None]] | None
"""Names of your own, each with a list of weekdays: `[sat, sun]`."""

type PlayedDay = str
"""A name under `days:`, or a weekday (`mon` to `sun`)."""

HolidayShape = TypedDict("HolidayShape", {"from": Day, "to": Day, "use": PlayedDay})

type Holidays = dict[Text, HolidayShape] | None
"""Names of your own, each with a holiday."""

type Hours = str
"""From when to when: `17:00-20:00`. `22:00-00:30` runs past midnight, and belongs to the evening on which it starts."""
type Windows = dict[DayKind, list[Hours | None]]
"""Kinds of day, each with a list of windows: `["06:30-07:15", "17:00-20:00"]`."""


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) else value


# A number alone is text too, so that the reader can ask: 30 of what?
type Amount = Annotated[str, BeforeValidator(_text)]
"""A stretch of time: `45m`, `2h`, `1h30m`. `0m` is none; `unlimited` is no limit."""


def _every_day(value: object) -> object:
    return value if value is None or isinstance(value, dict | list) else {"every_day": value}


type BudgetDays = Annotated[
    dict[DayKind, Amount],
    BeforeValidator(_every_day, json_schema_input_type=Amount | dict[DayKind, Amount]),
]
"""A stretch of time for every day, `45m`, or one for each kind of day: `{school_night: 30m, free_night: 2h}`."""
type Budgets = dict[Name, BudgetDays]
"""Names, each with a budget: `games: 45m`."""


class TimeShape(TypedDict, total=False):
    """The hours and the amounts of time of a profile."""

    windows: Windows
    budgets: Budgets


class DownloadsShape(TypedDict, total=False):
    """Which files do not come in."""

    block: Endings | None
    """Files that are closed, by the ends of their names; the same as a `file` entry for each. Without it: none."""


type SafeName = Literal["strict", "off"]
type YouTubeName = Literal["strict", "moderate", "off"]


class SearchShape(TypedDict, total=False):
    """What search engines and YouTube leave out of their own accord, for the whole device."""

    safe: SafeName
    youtube: YouTubeName


type Switch = Literal["on", "off"]
"""Whether the list is used. Without it: `on`."""
type ListUrl = str
"""An address that begins with `https://`."""
type ListFile = str
"""The name of a file: `our-own.txt`."""
type Category = str
"""A category: `gambling`."""
type Interval = str
"""Hours or days: `12h`, `1d`, at most `30d`."""

SubscriptionShape = TypedDict(
    "SubscriptionShape",
    {
        "is": NotRequired[Switch],
        "url": NotRequired[ListUrl],
        "file": NotRequired[ListFile],
        "category": NotRequired[Category],
        "every": NotRequired[Interval],
    },
)
# The short form, `on` or `off`, is read as `{is: on}`.


def _switched(value: object) -> object:
    return {"is": value} if isinstance(value, str) else value


type ListUse = Annotated[
    SubscriptionShape, BeforeValidator(_switched, json_schema_input_type=Switch | SubscriptionShape)
]
"""`on` or `off`, or a list with more to say: `{url: https://example.org/list.txt}`."""
type Lists = dict[Name, ListUse] | None
"""Names of offered lists, each with `on` or `off`, and names of your own, each with a list."""

type Topic = str
"""The name of a category, a service or a list: `adult`."""
type Topics = list[Topic | None]
"""A list of names: `[adult]`."""
type Host = str
"""A site: `sexetc.org`."""

CorrectionShape = TypedDict("CorrectionShape", {"not": Topics, "note": NotRequired[Text]})

type Corrections = dict[Host, CorrectionShape] | None
"""Sites, each with a correction."""

type PresetName = str
"""One of the presets."""
type OnOff = Literal["on", "off"]
type DefaultName = Literal["allow", "block", "ask"]
type LogName = Literal["full", "sites", "blocked", "counts", "nothing"]
type DeviceNames = list[Name | None] | None
"""A list of names under `devices:`: `[tablet]`."""


class ProfileShape(TypedDict, total=False):
    """One profile."""

    name: Text
    preset: PresetName
    language: LanguageName
    devices: DeviceNames
    default: DefaultName
    allow: Items
    block: Items
    downloads: DownloadsShape | None
    """Files that do not come in, whatever site they are on. Without it: all do that other lines let in."""
    time: TimeShape | None
    """When the internet is open, and for how long. Without it: always."""
    log: LogName
    read_names: OnOff
    search: SearchShape | None
    """What search engines and YouTube leave out. Without it: the preset's, else nothing."""


type ProfileKey = str
"""A child's or a group's name in this file: small letters, digits, `-` and `_`."""
type Profiles = dict[ProfileKey, ProfileShape | None] | None
"""Names of your own, each with a profile."""

type IpAddress = str
"""An IP address: `192.168.1.40`."""


class DeviceShape(TypedDict):
    """One device."""

    ip: IpAddress


type Devices = dict[Name, DeviceShape] | None
"""Names of your own, each with a device."""

type Person = str
"""The name of a profile or a device in this file."""
type WebAddress = str
"""An address as a browser shows it: `https://example.com/`."""
type ExpectedMoment = str
"""`any`, an hour of a normal week, `mon 23:00`, or a day with an hour, `2026-11-24 20:30`."""
type Verdict = Literal["allowed", "blocked"]
type ReasonName = str

ExpectShape = TypedDict(
    "ExpectShape",
    {
        "who": Person,
        "url": WebAddress,
        "at": NotRequired[ExpectedMoment],
        "is": Verdict,
        "because": NotRequired[ReasonName],
        "note": NotRequired[Text],
    },
)

type Expectations = list[ExpectShape | None] | None
"""A list of expectations."""


@with_config(ConfigDict(extra="forbid", strict=True))
class FamilyShape(TypedDict, total=False):
    """The whole file."""

    porchlight: int
    """The format of this file: leave it as it is."""
    timezone: Zone
    country: Country
    language: LanguageName
    when_filter_fails: ActionName
    groups: Groups
    never: Items
    anytime: Items
    lists: Lists
    corrections: Corrections
    days: Days
    holidays: Holidays
    everyone: ListsShape | None
    """The family's own entries, asked after those of each profile. Without it: none."""
    profiles: Profiles
    devices: Devices
    expect: Expectations
