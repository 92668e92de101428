"""The JSON Schema of the rule file, by which an editor completes, explains and underlines while a parent writes.

Law: every file that the reader takes is right by the schema. What it cannot say (does this name
exist, does this address shadow that one) the reader alone knows.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from rules import policy_forms as forms
from rules.catalog import Catalog, ListOffer, Topic
from rules.policy import EVERYTHING, FORMAT, UNKNOWN, LogLevel
from rules.policy_budgets import UNLIMITED
from rules.policy_entries import TARGETS
from rules.policy_expect import ANY, MOST_EXPECTATIONS, REASONS
from rules.policy_meaning import meaning_of_choice, meaning_of_key, meaning_of_kind
from rules.policy_shape import FamilyShape
from rules.policy_times import WEEKDAYS
from rules.safe_mode import YouTube
from rules.schedule import CARRY_OVER, EVERY_DAY

type Schema = dict[str, Any]

ROOT = "FamilyShape"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = f"urn:porchlight:family:{FORMAT}"

_PLAIN_NAME = r"[^\s!-/:-@\[-`{-~][^\s!-,./:-@\[-^`{-~]*"
"""Wider than `is_word`: what a letter is beyond ASCII, `re` and ECMAScript see differently."""
_ADDRESS = r"/[\s\S]+/|(?![A-Za-z][A-Za-z0-9+.-]*:/)[^\s\\#./][^\s\\#]*"
"""An expression between slashes; or neither scheme, blank, backslash, fragment nor a dot in front."""


def _whole(*patterns: re.Pattern[str] | str) -> Schema:
    texts = (one if isinstance(one, str) else one.pattern for one in patterns)
    return {"pattern": f"^(?:{'|'.join(texts)})$"}


_FORMS: Mapping[str, Schema] = {
    "Name": _whole(_PLAIN_NAME),
    "DayKind": _whole(_PLAIN_NAME),
    "ProfileKey": _whole(forms.PROFILE_KEY),
    "Zone": {"examples": ["Asia/Ho_Chi_Minh", "Europe/London", "America/New_York"]},
    "Country": _whole(forms.COUNTRY),
    "MimeType": {"pattern": "/", "examples": ["video/*", "application/zip"]},
    "Ending": {"examples": ["exe", "msi", "apk", "zip"]},
    "Moment": _whole(forms.DATE, forms.DATE_AND_HOUR) | {"examples": ["2026-12-20 17:00"]},
    "Day": _whole(forms.DATE) | {"examples": ["2027-02-03"]},
    "PlayedDay": {"examples": [*WEEKDAYS]},
    "Hours": _whole(forms.WINDOW) | {"examples": ["17:00-20:00"]},
    "Amount": _whole(forms.SPAN, UNLIMITED) | {"minLength": 1, "examples": ["45m", UNLIMITED]},
    "Interval": _whole(forms.INTERVAL) | {"examples": ["1d"]},
    "ListUrl": _whole(forms.LIST_URL),
    "ListFile": _whole(forms.LIST_FILE),
    "IpAddress": _whole(r"[0-9A-Fa-f:.]+") | {"examples": ["192.168.1.40"]},
    "WebAddress": {"examples": ["https://example.com/"]},
    "ExpectedMoment": _whole(ANY, forms.WEEK_MOMENT, forms.DATE_AND_HOUR)
    | {"examples": [ANY, "mon 23:00"]},
    "Topics": {"minItems": 1},
    "EntryShape": {"oneOf": [{"required": [key]} for key in TARGETS]},
    "SubscriptionShape": {"oneOf": [{"required": ["url"]}, {"required": ["file"]}]},
}
"""What a kind of value looks like, as far as a pattern can say, and examples that an editor offers."""

TITLES: Mapping[str, str] = {
    ROOT: "Porchlight's rule file",
    "EntryShape": "an entry",
    "ListsShape": "everyone",
    "ProfileShape": "a profile",
    "DownloadsShape": "downloads of a profile",
    "SearchShape": "search of a profile",
    "TimeShape": "time of a profile",
    "BudgetDays": "a budget",
    "HolidayShape": "a holiday",
    "DeviceShape": "a device",
    "SubscriptionShape": "a list",
    "OfferShape": "a list on offer",
    "CorrectionShape": "a correction",
    "ExpectShape": "an expectation",
}
"""What the parts of the file that have keys of their own are called, in an editor and in the manual."""
_SHORT_FORMS = ("Item", "BudgetDays", "ListUse")
"""Kinds that are a text or a part with keys."""


def schema(catalog: Catalog) -> Schema:
    """The schema, draft 2020-12, with the names that the catalog knows."""
    made = TypeAdapter(FamilyShape).json_schema(schema_generator=_OfAcceptedFiles)
    kinds: dict[str, Schema] = made.pop("$defs")
    for name, kind in (*kinds.items(), (ROOT, made)):
        _describe(name, kind)
    for name, more in (*_FORMS.items(), *_names(catalog).items()):
        kinds[name] |= more
    _refine(made, kinds)
    _name_days(kinds)
    _name_budgets(kinds, catalog)
    _name_lists(kinds, catalog)
    for kind in kinds.values():
        _explain(kind)
    for name in _SHORT_FORMS:
        _tell_apart(kinds[name])
    return {
        "$schema": DIALECT,
        "$id": ID,
        **made,
        "required": ["porchlight", "timezone"],
        "$defs": kinds,
    }


def schema_text(catalog: Catalog) -> str:
    """The schema as the text of a file."""
    return json.dumps(schema(catalog), ensure_ascii=False, indent=1) + "\n"


class _OfAcceptedFiles(GenerateJsonSchema):
    """Pydantic's schema, without the None that stands for a refused item, and without titles made of keys."""

    def list_schema(self, schema: core_schema.ListSchema) -> Schema:
        """The schema of a list."""
        made = super().list_schema(schema)
        items = [one for one in made["items"].get("anyOf", []) if one != {"type": "null"}]
        return made | {"items": items[0]} if items else made

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # pydantic's signature
        """Whether a key gets its own name for a title."""
        return False


def _describe(name: str, kind: Schema) -> None:
    told = {"title": TITLES.get(name, ""), "description": meaning_of_kind(name)}
    for keyword, said in told.items():
        kind.pop(keyword, None)
        kind |= {keyword: said} if said else {}
    for key, value in kind.get("properties", {}).items():
        value["description"] = meaning_of_key(name, key)


def _names(catalog: Catalog) -> dict[str, Schema]:
    """The names that a kind of value has to be one of, and those that it may be."""
    presets = {
        key: f"{one.ages} years. {one.tuesday['en']}" for key, one in catalog.presets.items()
    }
    logs = {one.value: meaning_of_choice("LogLevel", one.name) for one in LogLevel}
    youtube = {one.value: meaning_of_choice("YouTube", one.name) for one in YouTube}
    reasons = {key: meaning_of_choice("Reason", one.name) for key, one in REASONS.items()}
    known = {one.key: one.title["en"] for one in _topics(catalog)}
    return {
        "PresetName": _one_of(presets),
        "Category": _one_of(_categories(catalog)),
        "LogName": _one_of(logs),
        "YouTubeName": _one_of(youtube),
        "ReasonName": _one_of(reasons),
        "Topic": _known(_categories(catalog), _PLAIN_NAME),
        "Address": _known(known, _ADDRESS),
        "Country": {"examples": [*catalog.helplines][:3]},
    }


def _topics(catalog: Catalog) -> Iterator[Topic | ListOffer]:
    yield from catalog.topics.values()
    yield from catalog.offers.values()


def _one_of(meanings: Mapping[str, str]) -> Schema:
    # `enum` would have no place for what each of them means
    return {"oneOf": [{"const": name, "description": said} for name, said in meanings.items()]}


def _known(meanings: Mapping[str, str], others: str) -> Schema:
    """Names that come with Porchlight, or another text.

    To complete a text that is right already, yaml-language-server takes `defaultSnippets` and
    `examples`; it shows all examples under the mouse, which is too much of some hundred.
    """
    snippets = [
        {"label": name, "description": said, "body": name} for name, said in meanings.items()
    ]
    # the pattern first: a text that is neither is explained by it
    return {"anyOf": [_whole(others), _one_of(meanings)], "defaultSnippets": snippets}


def _categories(catalog: Catalog) -> dict[str, str]:
    return {one.key: one.title["en"] for one in catalog.topics.values() if not one.is_service}


def _refine(root: Schema, kinds: dict[str, Schema]) -> None:
    """Say what the reader refuses of single places."""
    root["properties"]["porchlight"] |= {"const": FORMAT}
    kinds["LogName"].pop("enum")
    kinds["YouTubeName"].pop("enum")
    kinds["EntryShape"]["properties"]["file"] |= {"minItems": 1}
    kinds["ProfileShape"]["properties"]["name"] |= {"pattern": r"\S"}
    _part(kinds["Expectations"], "array")["maxItems"] = MOST_EXPECTATIONS
    _part(kinds["DeviceNames"], "array")["uniqueItems"] = True
    days = _part(kinds["Days"], "object")
    days["propertyNames"] |= {"not": {"enum": [*WEEKDAYS, EVERY_DAY, CARRY_OVER]}}
    days["additionalProperties"]["uniqueItems"] = True
    _part(kinds["Devices"], "object")["propertyNames"] |= {"not": {"const": UNKNOWN}}


def _name_days(kinds: dict[str, Schema]) -> None:
    """Name the keys that stand for days, so that an editor offers them."""
    for name in ("Windows", "BudgetDays"):
        days = _part(kinds[name], "object")
        days["properties"] = {
            key: days["additionalProperties"] | {"description": meaning_of_key(name, EVERY_DAY)}
            for key in (EVERY_DAY, *WEEKDAYS)
        }
        days["minProperties"] = 1
    carried = _whole(forms.SPAN) | {"type": "string", "minLength": 1, "examples": ["30m"]}
    carried["description"] = meaning_of_key("BudgetDays", CARRY_OVER)
    _part(kinds["BudgetDays"], "object")["properties"][CARRY_OVER] = carried


def _name_budgets(kinds: dict[str, Schema], catalog: Catalog) -> None:
    """Name what a budget can count, as far as it is known, so that an editor offers it."""
    counted = {EVERYTHING: "All of the internet."} | _categories(catalog)
    kinds["Budgets"] |= {"properties": _each(counted, "BudgetDays"), "minProperties": 1}


def _name_lists(kinds: dict[str, Schema], catalog: Catalog) -> None:
    """Name the lists on offer. Only these need no more than a switch, and only others an address."""
    keys = kinds["SubscriptionShape"]["properties"]
    kinds["OfferShape"] = {
        "type": "object",
        "title": TITLES["OfferShape"],
        "description": "A list that Porchlight offers, with more to say.",
        "properties": {key: keys[key] for key in keys if key not in {"url", "file"}},
        "additionalProperties": False,
    }
    kinds["ListUse"]["anyOf"] = [_ref("Switch"), _ref("OfferShape")]
    offers = {key: _words_of_offer(one) for key, one in catalog.offers.items()}
    lists = _part(kinds["Lists"], "object")
    lists["properties"] = _each(offers, "ListUse")
    lists["additionalProperties"] = _ref("SubscriptionShape")


def _explain(kind: Schema) -> None:
    """Say what is expected in place of a pattern, in the keyword that VS Code and yaml-language-server read."""
    for part in (kind, *kind.get("anyOf", ())):
        if "pattern" in part:
            said = kind["description"]
            part["patternErrorMessage"] = f"Expected here: {said[0].lower()}{said[1:]}"


def _tell_apart(kind: Schema) -> None:
    """Choose by what is written, so that an editor finds fault with that and not with the other form."""
    text, keys = kind.pop("anyOf")
    kind |= {"if": {"type": "object"}, "then": keys, "else": text}


def _part(kind: Schema, type_: str) -> Schema:
    """The part of a kind that is of a type, beside a short form or nothing at all."""
    found: Schema = next(one for one in [kind, *kind.get("anyOf", [])] if one.get("type") == type_)
    return found


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _each(meanings: Mapping[str, str], kind: str) -> Schema:
    return {key: {"description": said} | _ref(kind) for key, said in meanings.items()}


def _words_of_offer(offer: ListOffer) -> str:
    return f"{offer.title['en']}. Category {offer.category}, about {offer.domains:,} domains, {offer.licence}."
