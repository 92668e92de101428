"""Which keys the rule file has, and what kind of value each takes. What the values mean is read later."""

import re
from typing import Annotated, Any, Literal, NotRequired, TypedDict, cast

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError, with_config
from pydantic_core import ErrorDetails

from rules.policy_draft import Draft, Path
from rules.problems import nearest
from rules.yaml_text import plain

type WeekdayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
type ActionName = Literal["allow", "block"]
type LanguageName = Literal["en", "vi"]

EntryShape = TypedDict(
    "EntryShape",
    {
        "site": str,
        "from": NotRequired[str],
        "until": NotRequired[str],
        "note": NotRequired[str],
    },
)
"""An entry; the short form, an address alone, is read as `{site: address}`."""

HolidayShape = TypedDict("HolidayShape", {"from": str, "to": str, "use": str})


def _long_form(value: object) -> object:
    return {"site": value} if isinstance(value, str) else value


type Item = Annotated[EntryShape, BeforeValidator(_long_form)]
type Items = list[Item | None] | None
"""None in a list stands for an item that has been refused."""


class ListsShape(TypedDict, total=False):
    """`everyone:`."""

    allow: Items
    block: Items


class TimeShape(TypedDict, total=False):
    """`time:`."""

    windows: dict[str, list[str | None]]


class ProfileShape(TypedDict, total=False):
    """One profile."""

    name: str
    language: LanguageName
    devices: list[str | None] | None
    default: ActionName
    allow: Items
    block: Items
    time: TimeShape | None
    log: Literal["full", "sites", "blocked", "counts", "nothing"]


class DeviceShape(TypedDict):
    """One device."""

    ip: str


@with_config(ConfigDict(extra="forbid", strict=True))
class FamilyShape(TypedDict, total=False):
    """The whole file."""

    porchlight: int
    timezone: str
    country: str
    language: LanguageName
    when_filter_fails: ActionName
    groups: dict[str, Items] | None
    never: Items
    anytime: Items
    days: dict[str, list[WeekdayName | None]] | None
    holidays: dict[str, HolidayShape] | None
    everyone: ListsShape | None
    profiles: dict[str, ProfileShape | None] | None
    devices: dict[str, DeviceShape] | None


_family = TypeAdapter(FamilyShape)

_SHAPES: dict[tuple[str, ...], Any] = {
    (): FamilyShape,
    ("everyone",): ListsShape,
    ("holidays", "*"): HolidayShape,
    ("profiles", "*"): ProfileShape,
    ("profiles", "*", "time"): TimeShape,
    ("devices", "*"): DeviceShape,
}
"""By path; everywhere else stands an entry."""

_LATER: dict[str, frozenset[str]] = {
    "FamilyShape": frozenset({"lists", "expect"}),
    "ProfileShape": frozenset({"preset", "search", "pages", "downloads", "protect", "alerts"}),
    "TimeShape": frozenset({"budgets"}),
    "DeviceShape": frozenset({"mac", "login", "wireguard", "tunnel", "decrypt"}),
    "EntryShape": frozenset({"search", "file", "mime"}),
}
"""Keys of the rule language that no code stands behind yet."""


def read_shape(draft: Draft) -> FamilyShape:
    """The file's values, each of its kind; what is not is refused and left out."""
    data: Any = plain(draft.root)
    is_first = True
    while True:
        try:
            return _family.validate_python(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
        if is_first:
            _refuse(draft, details)
        # What is left may lack a key because its value was refused: cut, but not reported again.
        is_first = False
        if not all(_cut(data, detail) for detail in details):
            return {}


def _cut(data: Any, detail: ErrorDetails) -> bool:
    """Take the refused value out; a mapping that lacks a key goes as a whole. False: nothing is left."""
    path = detail["loc"][:-1] if detail["type"] == "missing" else detail["loc"]
    if not path:
        return False
    for step in path[:-1]:
        try:
            data = data[step]
        except (KeyError, TypeError):
            return True  # cut already, together with what it was in
    if isinstance(data, list):
        data[cast("int", path[-1])] = None
    elif isinstance(data, dict):
        data.pop(path[-1], None)
    return True


def _refuse(draft: Draft, details: list[ErrorDetails]) -> None:
    later = {detail["loc"][:-1] for detail in details if _is_later(detail)}
    for detail in details:
        path = detail["loc"]
        if detail["type"] == "missing":
            # The key that this version does not know stands in its place.
            if path[:-1] not in later:
                message = f"{path[-1]}: is missing here"
                draft.refuse(path[:-1], message, _hint_of_missing(path))
        elif detail["type"] == "extra_forbidden":
            draft.refuse(path, *_words_of_key(detail), at_key=True)
        else:
            draft.refuse(path, *_words_of_value(draft, detail))


def _shape_at(path: Path) -> Any:
    return next(
        (
            shape
            for steps, shape in _SHAPES.items()
            if len(steps) == len(path)
            and all(step in ("*", part) for step, part in zip(steps, path, strict=True))
        ),
        EntryShape,
    )


def _is_later(detail: ErrorDetails) -> bool:
    path = detail["loc"]
    if detail["type"] != "extra_forbidden":
        return False
    return path[-1] in _LATER.get(_shape_at(path[:-1]).__name__, frozenset())


def _words_of_key(detail: ErrorDetails) -> tuple[str, str]:
    key = str(detail["loc"][-1])
    if _is_later(detail):
        return _not_yet(f"{key}:")
    return f"unknown key {key}:", nearest(key, list(_shape_at(detail["loc"][:-1]).__annotations__))


def _not_yet(what: str) -> tuple[str, str]:
    return (
        f"{what} is part of the rule language, but this version does not carry it out yet",
        "remove it rather than trust it",
    )


def _hint_of_missing(path: Path) -> str:
    examples = {
        "site": "write site: example.com",
        "ip": "write ip: 192.168.1.40",
        "from": "write from: 2027-02-03",
        "to": "write to: 2027-02-12",
        "use": "write use: and a kind of day",
    }
    return examples[str(path[-1])]


def _words_of_value(draft: Draft, detail: ErrorDetails) -> tuple[str, str]:
    path, value, kind = detail["loc"], detail["input"], detail["type"]
    written = draft.written(path)
    if value is None:
        return "nothing stands behind this key", "fill it in, or remove the key"
    if kind == "literal_error":
        return _words_of_choice(path, written, detail)
    if kind == "list_type":
        return "a list is expected here", f"write [{written or '…'}]"
    if kind == "int_type":
        return f"{written or 'this'} is no whole number", "write porchlight: 1"
    if kind == "dict_type":
        return _words_of_mapping(path, value, written)
    return _words_of_text(path, value, written)


def _words_of_choice(path: Path, written: str, detail: ErrorDetails) -> tuple[str, str]:
    if path[-1] == "default" and written == "ask":
        return _not_yet("default: ask")
    choices = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
    hint = nearest(written, choices)
    if hint.startswith("there is"):
        hint = "write one of them"
    return f"{written or 'a list'} is not one of {', '.join(choices)}", hint


def _words_of_mapping(path: Path, value: object, written: str) -> tuple[str, str]:
    if not isinstance(path[-1], int):
        return f"keys with values are expected here, not {written or 'a list'}", ""
    if isinstance(value, list):
        return "a list cannot stand inside this list", 'put an address in quotes: "[2001:db8::1]"'
    return f"{written} is no address", f'put it in quotes if it is a name: "{written}"'


def _words_of_text(path: Path, value: object, written: str) -> tuple[str, str]:
    if isinstance(value, dict) and "devices" in path:
        return _not_yet(f"{{{next(iter(value), '')}: …}} as a device")
    if isinstance(value, (dict, list)):
        return "a plain text is expected here", "write one value, without list or keys"
    kind = "true or false" if isinstance(value, bool) else "a number"
    return f"{written} is {kind} here, not text", f'put it in quotes: "{written}"'
