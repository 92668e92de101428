from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.text_splice import flow, quoted, with_lines
from rules.yaml_text import compose, plain

TEXTS = st.text(max_size=20).filter(str.isprintable)
VALUES = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_a_value_on_one_line_reads_back_as_it_was(value: Any) -> None:
    assert plain(compose(f"a: {flow(value)}\n"))["a"] == value


@pytest.mark.parametrize("word", ["example.com", "on", "17:00", "=a.b", "*.zip", "# a", "a: b", ""])
def test_a_word_is_quoted_where_yaml_would_read_another(word: str) -> None:
    assert plain(compose(f"- {quoted(word)}\n".replace("- ", "a: "))) == {"a": word}
    assert (quoted(word) == word) == (word in {"example.com", "on", "17:00", "=a.b"})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a\nb\n", "a\nx\ny\nb\n"),
        ("a", "a\nx\ny"),
        ("a\r\nb\r\n", "a\r\nx\r\ny\r\nb\r\n"),
    ],
)
def test_new_lines_end_as_the_others_do(text: str, wanted: str) -> None:
    assert with_lines(text, 0, ["x", "y"]) == wanted
