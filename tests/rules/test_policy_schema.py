"""The schema for editors takes every file that the reader takes, and refuses what is not of the language's shape."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator
from playwright.sync_api import sync_playwright

from rules.catalog import Catalog
from rules.policy import FORMAT, Language
from rules.policy_draft import Draft
from rules.policy_schema import schema, schema_text
from rules.policy_text import parse
from rules.policy_values import read_shape
from rules.problems import PolicyError
from rules.yaml_faults import YamlError
from rules.yaml_text import compose, plain
from store.lists import load_catalog, starter_text

TESTS = Path(__file__).parents[1]
DOCS = TESTS.parent / "docs"
CHROMIUM = Path("/usr/bin/chromium")
SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much)
CATALOG = load_catalog()
SCHEMA = schema(CATALOG)
HEAD = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\n"
WHOLE = plain(
    compose(
        """\
porchlight: 1
timezone: Asia/Ho_Chi_Minh
country: VN
language: vi
when_filter_fails: allow
groups:
  homework: ["*.edu.vn", {site: =a.example, from: 2026-12-01}]
  empty:
never: [adult, {search: bath bomb, note: why}]
anytime: [wikipedia.org]
lists:
  hagezi-nsfw: on
  ut1-games: {is: off, category: games, every: 12h}
  grandmas-list: {url: https://example.org/list.txt, category: gambling, every: 1d}
  our-own: {file: our-own.txt, is: on}
corrections:
  sexetc.org: {not: [adult, games], note: teaches about growing up}
days: {school_night: [mon, tue], free_night: [fri, sat]}
holidays:
  tet: {from: 2027-02-03, to: 2027-02-12, use: sun}
everyone:
  allow: [{mime: video/*}]
  block: [{file: [exe, tar.gz], until: 2026-12-20 17:00}]
profiles:
  younger:
    name: Younger
    preset: curious
    language: en
    default: ask
    devices: [tablet]
    allow: [youtube]
    block: [youtube.com/shorts/]
    downloads: {block: [apk]}
    time:
      windows: {mon: ["17:00-20:00", "22:00-00:30"], every_day: []}
      budgets:
        games: 45m
        everything: {mon: 0m, sat: unlimited, carry_over: 1h30m}
    log: full
    read_names: off
  teen:
devices:
  tablet: {ip: 192.168.1.40, mac: "a4:83:e7:12:9f:01"}
  phone: {ip: "2001:db8::1", wireguard: phone}
  laptop: {login: Teen, mac: A4-83-E7-12-9F-02}
  console: {port: 8083}
expect:
  - {who: unknown, url: a.example, at: mon 23:00, is: blocked, because: never, note: why}
  - {who: unknown, url: https://b.example/, is: allowed, at: any}
"""
    )
)
VALUES: tuple[Any, ...] = (
    *(None, True, 1, 0, 1.5, "", " ", "1", "on", "off", "mon", "every_day", "carry_over"),
    *("0m", "30m", "1h30m", "24h", "25h", "1d", "unlimited", "17:00-20:00", "00:00-24:00"),
    *("2026-12-01", "2026-12-01 17:00", "mon 23:00", "any", "adult", "youtube", "học_bài"),
    *("=a.example", "*.vn", "/a b|c/", "a.example/b?c=d", "10.0.0.0/8", "[2001:db8::1]", "::1"),
    *("https://a.example/l.txt", "l.txt", "exe", "tar.gz", "video/*", "VIDEO/MP4", "ask", "vi"),
    *([], ["adult"], ["mon", "fri"], {}, {"site": "a.example"}, {"search": "bath bomb"}),
    *({"file": ["exe"], "note": ""}, {"mime": "video/*"}, {"every_day": "1h"}, {"ip": "::1"}),
    *({"ip": "192.168.1.9"}, {"not": ["games"]}, {"url": "https://a.example/"}, {"is": "off"}),
)


@cache
def validator(catalog: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(catalog))


def faults(text: str, catalog: Catalog) -> list[str]:
    """What the schema has against a text that is YAML."""
    told = validator(schema_text(catalog)).iter_errors(plain(compose(text)))
    return [f"{error.json_path}: {error.message[:200]}" for error in told]


def is_accepted(text: str, catalog: Catalog) -> bool:
    try:
        parse(text, file="family.yaml", catalog=catalog)
    except PolicyError:
        return False
    return True


def objects(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping of the schema with its place."""
    if isinstance(part, dict):
        yield path, part
        for key, value in part.items():
            yield from objects(value, f"{path}/{key}")
    elif isinstance(part, list):
        for position, value in enumerate(part):
            yield from objects(value, f"{path}/{position}")


def texts() -> Iterator[str]:
    """Every text in the tests' sources and every example of the papers that may be a rule file or the rest of one."""
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from (node.value, HEAD + node.value) if ":" in node.value else ()
    for path in sorted(TESTS.glob("cases/*.yaml")):
        yield plain(compose(path.read_text(encoding="utf-8")))["rules"]
    for path in (*TESTS.glob("rules/formats/*.yaml"), *TESTS.glob("rules/said/*.yaml")):
        yield path.read_text(encoding="utf-8")
    for path in (*DOCS.glob("*.md"), DOCS.parent / "README.md"):
        for fenced in re.findall(r"(?s)```yaml\n(.*?)```", path.read_text(encoding="utf-8")):
            yield from (fenced, HEAD + fenced)


@pytest.mark.parametrize("dialect", [Draft202012Validator, Draft7Validator])
def test_it_is_a_schema_to_editors_that_know_an_older_draft_too(dialect: Any) -> None:
    dialect.check_schema(SCHEMA)


def test_it_is_named_without_any_host() -> None:
    assert SCHEMA["$id"] == f"urn:porchlight:family:{FORMAT}"
    assert [place for place, one in objects(SCHEMA) if "//" in str(one.get("$ref", ""))] == []


def test_every_reference_leads_somewhere() -> None:
    known = {f"#/$defs/{name}" for name in SCHEMA["$defs"]}
    used = {one["$ref"] for _, one in objects(SCHEMA) if isinstance(one.get("$ref"), str)}
    assert used == known


def test_every_key_of_the_language_is_described() -> None:
    keys = [
        (f"{place}: {key}", value.get("description", ""))
        for place, one in objects(SCHEMA)
        if not place.endswith("/properties")
        for key, value in one.get("properties", {}).items()
    ]
    assert len(keys) > 80
    assert [key for key, said in keys if not re.fullmatch(r"\S.*[^ ]", said)] == []


def test_a_key_that_is_not_of_the_language_is_refused_everywhere() -> None:
    open_ones = [
        place
        for place, one in objects(SCHEMA)
        if one.get("type") == "object" and one.get("additionalProperties", True) is True
        if not place.endswith("/if")  # asks only what is written
    ]
    assert open_ones == []


def test_an_editor_can_offer_the_names_that_come_with_porchlight() -> None:
    kinds = SCHEMA["$defs"]
    presets = {one["const"]: one["description"] for one in kinds["PresetName"]["oneOf"]}
    assert presets["curious"].startswith("8-10 years. ")
    assert set(presets) == set(CATALOG.presets)
    offered = {one["body"]: one["description"] for one in kinds["Address"]["defaultSnippets"]}
    assert set(offered) == {*CATALOG.topics, *CATALOG.offers}
    assert offered["bare-address"] == "an address without a name"
    names = {one["const"]: one["description"] for one in kinds["Address"]["anyOf"][1]["oneOf"]}
    assert names == offered
    lists = kinds["Lists"]["anyOf"][0]["properties"]
    assert set(lists) == set(CATALOG.offers)
    assert CATALOG.offers["hagezi-nsfw"].title["en"] in lists["hagezi-nsfw"]["description"]
    assert {"everything", "games"} <= set(kinds["Budgets"]["properties"])


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("country", [None, "VN"])
def test_the_starter_files_are_right(language: Language, country: str | None) -> None:
    text = starter_text("Asia/Ho_Chi_Minh", language, country)
    assert faults(text, CATALOG) == []
    head, begin, rest = text.partition("porchlight: 1")
    offers = r"(?m)^( *)# ?([\w-]+:|  [\w-]+: |  - \{who:|- site:)"
    offered = head + begin + re.sub(offers, r"\1\2", rest)
    assert offered != text
    assert is_accepted(offered, CATALOG)
    assert faults(offered, CATALOG) == []


def test_every_file_that_the_tests_and_the_papers_show_is_right(catalog: Catalog) -> None:
    taken = [
        (text, known)
        for text in dict.fromkeys(texts())
        for known in (catalog, CATALOG)
        if is_accepted(text, known)
    ]
    assert len(taken) > 250
    assert [(text, told) for text, known in taken if (told := faults(text, known))] == []


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in the value with each of its keys."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


@settings(max_examples=60, suppress_health_check=SLOW)
@given(data=st.data())
def test_whatever_the_reader_takes_of_changed_files_is_right(data: st.DataObject) -> None:
    changed = json.loads(json.dumps(WHOLE))
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(list(places(changed))))
        if data.draw(st.booleans()):
            del container[key]
        else:
            inside = [holder[name] for holder, name in places(changed)]
            new = data.draw(st.sampled_from(VALUES) | st.sampled_from(inside))
            container[key] = json.loads(json.dumps(new))
        if not changed:
            break
    text = json.dumps(changed, ensure_ascii=False)
    assume(is_accepted(text, CATALOG))
    assert faults(text, CATALOG) == []


def trees_of_broken_files() -> Iterator[tuple[str, str, Draft]]:
    """The broken files that are YAML nevertheless."""
    for path in sorted((TESTS / "rules" / "broken").glob("*.yaml")):
        text = path.read_bytes().decode()
        try:
            yield path.stem, text, Draft("family.yaml", compose(text))
        except YamlError:
            continue


def test_files_that_are_broken_in_shape_are_wrong(catalog: Catalog) -> None:
    right = []
    for name, text, draft in trees_of_broken_files():
        read_shape(draft)
        if draft.problems and not faults(text, catalog):
            right.append(name)
    # to JSON Schema 1.0 is a whole number
    assert right == ["format-float"]


def test_most_broken_files_are_wrong(catalog: Catalog) -> None:
    wrong = [name for name, text, _ in trees_of_broken_files() if faults(text, catalog)]
    assert len(wrong) >= 125


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="the system has no Chromium")
def test_javascript_reads_every_pattern_as_python_does() -> None:
    patterns = sorted({one["pattern"] for _, one in objects(SCHEMA) if "pattern" in one})
    samples = [value for value in VALUES if isinstance(value, str)]
    examples = [value for _, one in objects(SCHEMA) for value in one.get("examples", [])]
    samples += [value for value in examples if isinstance(value, str)]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        found = browser.new_page().evaluate(
            "([patterns, samples]) => patterns.map("
            "one => samples.filter(sample => new RegExp(one, 'u').test(sample)))",
            [patterns, samples],
        )
        browser.close()
    assert len(patterns) > 12
    assert found == [[one for one in samples if re.search(text, one)] for text in patterns]


def test_an_editor_says_in_words_what_a_pattern_expects() -> None:
    silent = [
        place
        for place, one in objects(SCHEMA)
        if place.startswith("/$defs/") and "pattern" in one and "/properties/" not in place
        if not str(one.get("patternErrorMessage", "")).startswith("Expected here: ")
    ]
    assert silent == []
    said = SCHEMA["$defs"]["Day"]["patternErrorMessage"]
    assert said == "Expected here: a day: `2027-02-03`."


@pytest.mark.parametrize(
    ("kind", "written", "fault"),
    [
        ("Item", {"site": "a.example", "sit": "b"}, "'sit' was unexpected"),
        ("BudgetDays", {"mon": "2 hours"}, "'2 hours' does not match"),
        ("BudgetDays", "2 hours", "'2 hours' does not match"),
        ("ListUse", {"url": "https://a.example/"}, "'url' was unexpected"),
        ("ListUse", "yes", "'yes' is not one of"),
    ],
)
def test_an_editor_finds_fault_with_the_form_that_is_written(
    kind: str, written: object, fault: str
) -> None:
    part = {"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]}
    (told,) = Draft202012Validator(part).iter_errors(written)
    assert fault in told.message
