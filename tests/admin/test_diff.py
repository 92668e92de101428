"""What differs between two texts."""

from admin.diff import Kind, changed


def test_equal_texts_differ_in_nothing() -> None:
    assert changed("a\nb\n", "a\nb\n") == ()


def test_a_changed_line_is_one_removed_and_one_added() -> None:
    lines = changed("a\nb\nc\n", "a\nB\nc\n")
    assert [(line.kind, line.text) for line in lines[1:]] == [
        (Kind.SAME, "a"),
        (Kind.REMOVED, "b"),
        (Kind.ADDED, "B"),
        (Kind.SAME, "c"),
    ]
    assert lines[0].kind is Kind.GAP


def test_lines_that_look_like_signs_keep_their_text() -> None:
    lines = changed("--- x\n", "+++ y\n")
    assert [(line.kind, line.text) for line in lines[1:]] == [
        (Kind.REMOVED, "--- x"),
        (Kind.ADDED, "+++ y"),
    ]


def test_far_lines_are_left_out() -> None:
    old = "\n".join(map(str, range(100)))
    lines = changed(old, old.replace("50", "fifty"))
    assert len(lines) == 1 + 3 + 2 + 3
