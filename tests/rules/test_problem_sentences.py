"""Whatever can be wrong with a rule file is said in every language; read from the sources, so that none is missed."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest

from rules.acceptance import accept
from rules.catalog import Catalog
from rules.policy import Language
from rules.problem_sentences import SENTENCES
from rules.problems import PolicyError, Problem, Sentence, nearest

ROOT = Path(__file__).parents[2]
ROOMS = ("rules", "store", "proxy", "admin", "commands")
BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
VIETNAMESE = SENTENCES[Language.VIETNAMESE]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HEAD = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\n"
TOO_LONG_TO_KEEP = {
    "the file is larger than 1 MiB",
    "a list that long is no rule file",
    "there are more than {most} entries here",
    "keep those that matter most",
}
"""Faults of long files, which tests write themselves."""


def made() -> Iterator[tuple[str, ast.Call]]:
    """Every place in the sources that makes a Sentence."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "Sentence":
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def template_of(call: ast.Call) -> str:
    (first,) = call.args
    assert isinstance(first, ast.Constant), ast.unparse(call)
    return str(first.value)


def parts(template: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def problems_of(text: str, catalog: Catalog) -> tuple[Problem, ...]:
    with pytest.raises(PolicyError) as refusal:
        accept(text, file="family.yaml", catalog=catalog, moment=NOW)
    return refusal.value.problems


def vietnamese(text: str, catalog: Catalog) -> tuple[str, str]:
    (problem,) = problems_of(HEAD + text, catalog)
    return (
        problem.message.said_in(Language.VIETNAMESE),
        problem.hint.said_in(Language.VIETNAMESE),
    )


def test_every_template_in_the_sources_has_its_vietnamese_and_nothing_is_left_over() -> None:
    templates = {template_of(call) for _, call in made()} - {""}
    assert len(templates) > 100
    assert templates == set(VIETNAMESE)


def test_every_language_has_its_sentences() -> None:
    assert set(SENTENCES) == set(Language)
    assert {len(SENTENCES[one]) for one in set(Language) - {Language.ENGLISH}} == {len(VIETNAMESE)}


def test_every_sentence_is_made_with_the_parts_that_its_template_names() -> None:
    for place, call in made():
        given = sorted(str(keyword.arg) for keyword in call.keywords)
        assert given == sorted(set(parts(template_of(call)))), place


@pytest.mark.parametrize(("template", "said"), VIETNAMESE.items())
def test_a_sentence_has_the_same_parts_in_both(template: str, said: str) -> None:
    assert parts(template) == parts(said)
    assert said
    assert said[0] == said[0].lower() or said.startswith("YAML")
    assert not said.endswith(".") or template.endswith(("\\. is a plain dot",))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_explained_in_vietnamese(path: Path, catalog: Catalog) -> None:
    for problem in problems_of(path.read_bytes().decode(), catalog):
        for sentence in filter(None, (problem.message, problem.hint)):
            said = sentence.said_in(Language.VIETNAMESE)
            assert said != sentence
            for part in sentence.parts.values():
                shown = part.said_in(Language.VIETNAMESE) if isinstance(part, Sentence) else part
                assert str(shown) in said


def spoken(sentence: Sentence) -> Iterator[str]:
    """The templates of a sentence and of those inside it."""
    yield sentence.template
    for part in sentence.parts.values():
        if isinstance(part, Sentence):
            yield from spoken(part)


def test_every_fault_that_a_rule_file_can_have_has_its_broken_file(catalog: Catalog) -> None:
    refusals = {
        template_of(call)
        for place, call in made()
        if place.startswith("rules/") and not place.startswith("rules/check")
    }
    shown = {
        template
        for path in BROKEN
        for problem in problems_of(path.read_bytes().decode(), catalog)
        for sentence in (problem.message, problem.hint)
        for template in spoken(sentence)
    }
    assert refusals - shown == TOO_LONG_TO_KEEP


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "never: [adlt]\n",
            "không có gì tên là adlt",
            "có phải bạn định viết adult?; nếu là trang web thì phải có dấu chấm",
        ),
        (
            "never: [http://a.com/x]\n",
            "trước địa chỉ không ghi http://",
            "hãy bỏ http://, chỉ viết: a.com/x",
        ),
        (
            "profiles: {kid: [a.com]}\n",
            "ở đây phải là các mục “tên: giá trị”, không phải một danh sách",
            "",
        ),
        (
            "profiles: {kid: {devices: [{mac: x}]}}\n",
            "ở đây chỉ ghi tên máy; phần mô tả máy nằm dưới devices:",
            "hãy viết {mac: …} ở đó, dưới một tên riêng của máy",
        ),
        (
            "profiles: {kid: {alerts: {}}}\n",
            "alerts: có trong cách viết nội quy, nhưng phiên bản này chưa thực hiện được",
            "hãy xoá đi, đừng trông vào nó",
        ),
        ("never: [/(/]\n", "không đọc được biểu thức chính quy này: missing ): (", ""),
        ("days: {x: [mon, tue\n", "danh sách mở bằng [ chưa được đóng lại", "hãy thêm dấu ]"),
        ("days: {x: y\n", "danh sách mở bằng { chưa được đóng lại", "hãy thêm dấu } "),
        ("never\n", "có mục thiếu dấu hai chấm", "hãy viết tên: giá trị"),
    ],
)
def test_what_is_inside_a_sentence_is_vietnamese_too(
    text: str, message: str, hint: str, catalog: Catalog
) -> None:
    said = vietnamese(text, catalog)
    assert said[0] == message
    assert said[1].startswith(hint)


def test_english_is_the_text_itself() -> None:
    sentence = nearest("adlt", ["adult"])
    assert sentence == sentence.said_in(Language.ENGLISH) == "did you mean adult?"


def test_what_was_written_is_never_taken_for_a_template() -> None:
    sentence = Sentence("unknown key {key}", key="{names}{0}")
    assert sentence.said_in(Language.VIETNAMESE) == "không có mục nào tên là {names}{0}"


def test_a_copy_can_still_be_said() -> None:
    sentence = Sentence("write {{{key}: …}} there, under a name of its own", key="mac")
    copied = deepcopy(sentence)
    assert copied == sentence == "write {mac: …} there, under a name of its own"
    assert (
        copied.said_in(Language.VIETNAMESE) == "hãy viết {mac: …} ở đó, dưới một tên riêng của máy"
    )
