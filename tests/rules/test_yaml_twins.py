"""PyYAML, through our reader, and ruamel.yaml, by YAML 1.2, read every rule file alike: an editor shows what Porchlight obeys."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML, nodes
from ruamel.yaml.error import YAMLError

from rules.policy import Language
from rules.policy_text import parse
from rules.problems import PolicyError
from rules.text_splice import flow
from rules.yaml_faults import YamlError
from rules.yaml_text import Mapping, Node, Scalar, compose
from store.lists import load_catalog, starter_text
from tests.fuzz.rule_files import changed, right_files
from tests.fuzz.seeds import chance, seeds, shown
from tests.rules.test_policy_text import FULL

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXT_TO_US = re.compile(
    r"[0-9]{4}-[0-9].*|[-+]?0[0-9xob].*|.*_.*|[-+]?\.[0-9a-z].*|[-+]?[0-9]+\.([e].*)?|=|<<",
    re.IGNORECASE,
)
"""Plain words of which ruamel makes more than text, and we do not: a date, `0x1f`, `012`, `1_000`, `.5`, `1.`, `.inf`."""
TAGS: dict[type, set[str]] = {
    type(None): {"null"},
    bool: {"bool"},
    int: {"int"},
    float: {"float", "int"},  # of a whole number with very many digits we make a float
}


def read_by_ruamel(text: str) -> nodes.Node:
    root: nodes.Node = YAML(typ="safe", pure=True).compose(text)
    return root


def compare(ours: Node, theirs: nodes.Node) -> None:
    """Both trees have the same shape, the same words and values, on the same lines."""
    if isinstance(ours, Scalar):
        assert isinstance(theirs, nodes.ScalarNode)
        compare_words(ours, theirs)
    elif isinstance(ours, Mapping):
        assert isinstance(theirs, nodes.MappingNode)
        for pair, (key, value) in zip(ours.pairs.values(), theirs.value, strict=True):
            assert pair.key.span.line == key.start_mark.line + 1
            compare(pair.key, key)
            compare(pair.value, value)
    else:
        assert isinstance(theirs, nodes.SequenceNode)
        for item, other in zip(ours.items, theirs.value, strict=True):
            assert item.span.line == other.start_mark.line + 1
            compare(item, other)


def compare_words(ours: Scalar, theirs: nodes.ScalarNode) -> None:
    assert ours.text == theirs.value
    tag = str(theirs.tag).rpartition(":")[2]
    if isinstance(ours.value, str):
        assert tag == "str" or TEXT_TO_US.fullmatch(theirs.value)
    else:
        assert tag in TAGS[type(ours.value)]
        assert YAML(typ="safe", pure=True).load(theirs.value) == ours.value


def files() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "tests" / "cases").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        yield path.name, text
        yield f"the rules of {path.name}", yaml.safe_load(text)["rules"]
    for language in Language:
        for country in (None, "VN"):
            yield f"starter {language} {country}", starter_text("Asia/Tokyo", language, country)
    for path in (ROOT / "docs" / "policy.md", ROOT / "docs" / "lists.md"):
        for number, block in enumerate(FENCED.findall(path.read_text(encoding="utf-8"))):
            yield f"{path.name}, example {number}", block
    for name in ("rules/formats/1.yaml", "rules/said/family.yaml", "admin/long_family.yaml"):
        yield name, (ROOT / "tests" / name).read_text(encoding="utf-8")
    yield "the full file", FULL


FILES = dict(files())


def test_there_are_files_of_every_kind() -> None:
    assert len(FILES) > 25


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("before", ["", "\ufeff"], ids=["", "bom"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_both_read_our_files_alike(name: str, before: str, ends: str) -> None:
    text = before + FILES[name].replace("\n", ends)
    compare(compose(text), read_by_ruamel(text))


WORDS = st.sampled_from(
    """on off yes no true null ~ 1 0 012 0x1f 1.5 1e3 07:00 21:00 22:00-00:30 2026-12-01 example.com
    *.zip =a.example a.example/b?c=d#e a:b -1 +1 .5 1. _ 1_000 0.10 bài-tập - ? ! & % @ ` , [ ] { }""".split()
) | st.text(max_size=12).filter(str.isprintable)
COMMENTS = st.sampled_from(["", "  # why", " # bài tập: [x] {y} \"'", "   #"])


def quoted_singly(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


WRITTEN = (
    WORDS.map(flow)  # plain where it may be
    | WORDS.map(quoted_singly)
    | st.lists(WORDS, max_size=3).map(flow)
    | st.dictionaries(WORDS, WORDS, max_size=2).map(flow)
)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 0) -> list[str]:
    """Lines of a mapping with values of every style, and comments between and behind."""
    lines = []
    for key in draw(st.lists(WORDS, min_size=1, max_size=3, unique=True)):
        head, behind = f"{flow(key)}:", draw(COMMENTS)
        style = draw(st.sampled_from(["line", "list", "literal", "folded", "nothing", "inside"]))
        if style == "line":
            lines.append(f"{head} {draw(WRITTEN)}{behind}")
        elif style == "list":
            items = draw(st.lists(WRITTEN, min_size=1, max_size=3))
            lines += [head + behind, *(f"  - {item}{draw(COMMENTS)}" for item in items)]
        elif style in {"literal", "folded"}:
            mark = {"literal": "|", "folded": ">"}[style] + draw(st.sampled_from(["", "-", "+"]))
            words = [f"  x{draw(WORDS)}" for _ in range(draw(st.integers(1, 3)))]
            lines += [f"{head} {mark}{behind}", *words]
        elif style == "inside" and depth < 2:
            lines += [head + behind, *(f"  {line}" for line in draw(blocks(depth + 1)))]
        else:
            lines.append(head + behind)
        lines += draw(st.sampled_from([[], [""], ["# between"], ["", "    # and further in"]]))
    return lines


@given(blocks(), st.sampled_from(["\n", "\r\n"]))
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_both_read_made_files_alike(lines: list[str], ends: str) -> None:
    text = ends.join(lines)
    try:
        ours = compose(text)
    except YamlError:
        assume(False)
    compare(ours, read_by_ruamel(text))


PIECES = st.sampled_from(
    [
        *("a", "b: ", "c:", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", "'x'", '"y"'),
        *("# c", " ", "|\n  t\n", ">\n  f\n  g\n", "on", "07:00", "012", "a:b", "'it''s'", '"\\n"'),
        *("\r\n", "? ", "*.zip", "!", "&x ", "---\n", "...\n", "%", "- - ", "~", "1.5", "|-", "|2"),
        *(":", "\t", "\u00a0", "#x", ",", "::", "https://a.example/c?d=e#f", "é"),
    ]
)


@given(st.lists(PIECES, max_size=10), st.sampled_from(["", "\n", "\nz: 1\n"]))
@settings(suppress_health_check=[HealthCheck.filter_too_much], max_examples=400)
def test_what_both_read_they_read_alike(pieces: list[str], end: str) -> None:
    # ruamel reads less: no tab between words, no comment right behind `|`. It never reads it as something else.
    text = f"k: {''.join(pieces)}{end}"
    try:
        ours, theirs = compose(text), read_by_ruamel(text)
    except (YamlError, YAMLError):
        assume(False)
    compare(ours, theirs)


def test_both_read_accepted_files_alike_whatever_is_changed_in_them() -> None:
    read = 0
    for seed in seeds(300):
        dice = chance(seed)
        text = changed(dice.choice(right_files()), dice)
        try:
            parse(text, file="family.yaml", catalog=load_catalog())
        except PolicyError:
            continue
        with shown(seed, text):
            compare(compose(text), read_by_ruamel(text))
        read += 1
    assert read > 50
