"""The file's values, each of the kind that its key takes. What is not is refused, in words for the parent."""

import re
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from rules.policy_draft import Draft, Path
from rules.policy_shape import (
    CorrectionShape,
    DeviceShape,
    DownloadsShape,
    EntryShape,
    ExpectShape,
    FamilyShape,
    HolidayShape,
    ListsShape,
    ProfileShape,
    SearchShape,
    SubscriptionShape,
    TimeShape,
)
from rules.problems import NO_HINT, Sentence, closest, meant, nearest
from rules.yaml_text import plain

type Words = tuple[Sentence, Sentence]
"""A message and its hint."""

_family = TypeAdapter(FamilyShape)

_SHAPES: dict[tuple[str, ...], Any] = {
    (): FamilyShape,
    ("everyone",): ListsShape,
    ("lists", "*"): SubscriptionShape,
    ("corrections", "*"): CorrectionShape,
    ("holidays", "*"): HolidayShape,
    ("profiles", "*"): ProfileShape,
    ("profiles", "*", "downloads"): DownloadsShape,
    ("profiles", "*", "search"): SearchShape,
    ("profiles", "*", "time"): TimeShape,
    ("devices", "*"): DeviceShape,
    ("expect", "*"): ExpectShape,
}
"""By path; everywhere else stands an entry."""

LATER: dict[str, frozenset[str]] = {
    "ProfileShape": frozenset({"pages", "protect", "alerts"}),
    "SearchShape": frozenset({"words"}),
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
    for position, step in enumerate(path[:-1]):
        try:
            inner = data[step]
        except (KeyError, TypeError):
            return True  # cut already, together with what it was in
        if isinstance(inner, str):
            path = path[: position + 1]  # a short form, which has no parts of its own
            break
        data = inner
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
                message = Sentence("{key} is missing here", key=f"{path[-1]}:")
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
    return path[-1] in LATER.get(_shape_at(path[:-1]).__name__, frozenset())


def _words_of_key(detail: ErrorDetails) -> Words:
    key = str(detail["loc"][-1])
    if _is_later(detail):
        return _not_yet(f"{key}:")
    known = list(_shape_at(detail["loc"][:-1]).__annotations__)
    return Sentence("unknown key {key}", key=f"{key}:"), nearest(key, known)


def _not_yet(what: str) -> Words:
    return (
        Sentence(
            "{what} is part of the rule language, but this version does not carry it out yet",
            what=what,
        ),
        Sentence("remove it rather than trust it"),
    )


def _hint_of_missing(path: Path) -> Sentence:
    if path[-1] == "use":
        return Sentence("write use: and a kind of day")
    examples = {
        "from": "from: 2027-02-03",
        "to": "to: 2027-02-12",
        "who": "who: younger",
        "url": "url: https://example.com/",
        "is": "is: allowed",
        "not": "not: [adult]",
    }
    return Sentence("write {example}", example=examples[str(path[-1])])


def _words_of_value(draft: Draft, detail: ErrorDetails) -> Words:
    path, value, kind = detail["loc"], detail["input"], detail["type"]
    written = draft.written(path)
    if value is None:
        return (
            Sentence("nothing stands behind this key"),
            Sentence("fill it in, or remove the key"),
        )
    if kind == "literal_error":
        return _words_of_choice(written, detail)
    if kind == "list_type":
        return _words_of_list(path, written)
    if kind == "int_type":
        message = Sentence("{written} is no whole number", written=written or Sentence("this"))
        example = "port: 8083" if path[-1] == "port" else "porchlight: 1"
        return message, Sentence("write {example}", example=example)
    if kind == "dict_type":
        return _words_of_mapping(path, value, written)
    return _words_of_text(path, value, written)


def _words_of_choice(written: str, detail: ErrorDetails) -> Words:
    choices = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
    message = Sentence(
        "{written} is not one of {choices}",
        written=written or Sentence("a list"),
        choices=", ".join(choices),
    )
    close = closest(written, choices)
    return message, meant(close) if close else Sentence("write one of them")


def _words_of_list(path: Path, written: str) -> Words:
    if path[-1] == "decrypt":
        message = Sentence(
            "{written} is neither never nor a list", written=written or Sentence("this")
        )
        return message, Sentence("write decrypt: never, or what may be opened: [facebook.com]")
    example = f"[{written or '…'}]"
    return Sentence("a list is expected here"), Sentence("write {example}", example=example)


def _words_of_mapping(path: Path, value: object, written: str) -> Words:
    if not isinstance(path[-1], int) or path[0] == "expect":
        found = written or Sentence("a list")
        return Sentence("keys with values are expected here, not {found}", found=found), NO_HINT
    if isinstance(value, list):
        return (
            Sentence("a list cannot stand inside this list"),
            Sentence('put an address in quotes: "[2001:db8::1]"'),
        )
    return (
        Sentence("{written} is no address", written=written),
        Sentence('put it in quotes if it is a name: "{word}"', word=written),
    )


def _words_of_text(path: Path, value: object, written: str) -> Words:
    if isinstance(value, dict) and "devices" in path:
        return (
            Sentence("a device is described under devices:, and only named here"),
            Sentence(
                "write {{{key}: …}} there, under a name of its own", key=next(iter(value), "…")
            ),
        )
    if isinstance(value, (dict, list)):
        return (
            Sentence("a plain text is expected here"),
            Sentence("write one value, without list or keys"),
        )
    if isinstance(value, bool):
        message = Sentence("{written} is true or false here, not text", written=written)
    else:
        message = Sentence("{written} is a number here, not text", written=written)
    return message, Sentence('put it in quotes: "{word}"', word=written)
