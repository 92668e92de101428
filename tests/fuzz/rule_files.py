"""Rule files to begin with, right and broken ones, and what chance does to them."""

import re
from functools import cache
from pathlib import Path
from random import Random

import yaml

from rules.policy import Language
from store.lists import starter_text

ROOT = Path(__file__).parents[2]
LAYOUTS = Path(__file__).parent / "layouts"
"""Right files as only other programs, or very odd parents, write them."""
HEAD = "porchlight: 1\ntimezone: Asia/Ho_Chi_Minh\n"
MONSTERS = (
    HEAD + "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    HEAD + "never: " + "[" * 40 + "]" * 40,
    HEAD + "? [a, b]\n: {c: d}\n? >-\n  folded\n  key\n: |+\n  kept\n\n",
    HEAD + "never: !!python/object/apply:os.system [ls]\n",
    HEAD + "<<: {never: [adult]}\nprofiles: {kid: {<<: {preset: garden}}}\n",
    HEAD + "---\nnever: [adult]\n...\n%YAML 1.1\n---\n",
    HEAD + "never:\n  - \"\\u0000\\x07\\N\\_\"\n  - 'it''s'\n  - \"a\\\n    b\"\n",
    HEAD.replace("\n", "\r\n") + "never: [adult]\r\nanytime: \u2028\r\n",
    "\ufeff" + HEAD + "country: VN # \u0085 \ud83d\n",
    "{porchlight: 1, timezone: UTC, never: [a.com, {site: b.com, note: 'x: y'}], profiles: {kid: null}}",
)
SIGNS = (
    *"\n \t \r\n : - , # % @ ` [ ] { } ' \" * ! | > ~ ... \ufeff \x00 \x85 \u2028 \ud800 ế İ \u202e".split(
        " "
    ),
    *(" ", "\n  ", "\n    - ", ": ", "- ", " # why\n", "&a ", "!!str ", "? ", "---\n", "<<: "),
)
WORDS = (
    *"""
0 1 -1 1e999 0x1F 1_000 12:30 2026-12-20 true null no ế a.com "=b.com" "*.zip" "*.com.vn" /x+/
10.0.0.0/8 93.184.216.34 "::1" xn--p1ai adult youtube everything any games bare-address kid
younger unknown video every_day mon fri 22:00-00:30 00:00-24:00 24:00 30m 0m 25h unlimited 1d
carry_over garden trusted allow block ask allowed blocked on off never [adult] []
""".split(),
    "9" * 30,
    "{site: a.com, until: 2026-12-01}",
    '{search: "bom"}',
    "{file: [exe]}",
    "{mime: video/mp4}",
    '{site: a.com, from: 2026-12-01 10:00, note: "x: #y"}',
    "{url: https://a.com/b, category: adult}",
)
_WORD = re.compile(r"[\w.*=/+-]+(?::\d\d-\d\d:\d\d)?")
TIMEZONES = ("UTC", "Europe/Berlin", "America/Havana", "Asia/Beirut")


@cache
def right_files() -> tuple[str, ...]:
    """Files that are accepted, or would be but for what they expect."""
    starters = [starter_text("Asia/Ho_Chi_Minh", one, "VN") for one in Language]
    cases = [
        yaml.safe_load(path.read_text("utf-8"))["rules"]
        for path in sorted((ROOT / "tests" / "cases").glob("*.yaml"))
    ]
    manual = (ROOT / "docs" / "policy.md").read_text("utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)
    whole = [one if "porchlight:" in one else HEAD + one for one in examples]
    layouts = [path.read_text("utf-8") for path in sorted(LAYOUTS.glob("*.yaml"))]
    return (*starters, *cases, *whole, *layouts)


@cache
def all_files() -> tuple[str, ...]:
    """Those, every broken file of the tests, and what was made to hurt."""
    broken = sorted((ROOT / "tests" / "rules" / "broken").glob("*.yaml"))
    return (*right_files(), *(path.read_bytes().decode() for path in broken), *MONSTERS)


def changed(text: str, dice: Random) -> str:
    """The text after a few changes: gentle ones, which most readers survive, or any."""
    kinds = dice.choice((_GENTLE, _GENTLE, _GENTLE + _ROUGH))
    for _ in range(dice.choice((1, 1, 2, 4))):
        text = dice.choice(kinds)(text, dice)
    return text


def _with_other_word(text: str, dice: Random) -> str:
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = dice.choice(words)
    other = dice.choice((dice.choice(WORDS), dice.choice(words)[0]))
    return text[: word.start()] + other + text[word.end() :]


def _with_other_zone(text: str, dice: Random) -> str:
    return text.replace("Asia/Ho_Chi_Minh", dice.choice(TIMEZONES))


def _with_item(text: str, dice: Random) -> str:
    brackets = [found.end() for found in re.finditer(r"\[(?=[^\[\]\n])", text)]
    dashes = [found.start() for found in re.finditer(r"^ *- ", text, re.MULTILINE)]
    word = dice.choice(WORDS)
    if brackets and dice.random() < 0.5:
        place = dice.choice(brackets)
        return f"{text[:place]}{word}, {text[place:]}"
    if dashes:
        place = dice.choice(dashes)
        margin = " " * (len(text[place:]) - len(text[place:].lstrip(" ")))
        return f"{text[:place]}{margin}- {word}\n{text[place:]}"
    return text


def _without_line(text: str, dice: Random) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        del lines[dice.randrange(len(lines))]
    return "".join(lines)


def _with_comment(text: str, dice: Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    place = dice.randrange(len(lines))
    margin = " " * dice.randint(0, 8)
    lines[place] = dice.choice(
        (lines[place].rstrip("\r\n") + '  # mẹ: "it\'s" [1]\n', f"{margin}# alone\n{lines[place]}")
    )
    return "".join(lines)


def _with_quotes(text: str, dice: Random) -> str:
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word, mark = dice.choice(words), dice.choice("'\"")
    return f"{text[: word.start()]}{mark}{word[0]}{mark}{text[word.end() :]}"


def _with_other_ends(text: str, dice: Random) -> str:
    return dice.choice((text.replace("\n", "\r\n"), "\ufeff" + text, text.rstrip(), text + "\n\n"))


def _with_sign(text: str, dice: Random) -> str:
    place = dice.randint(0, len(text))
    return text[:place] + dice.choice(SIGNS) * dice.choice((1, 1, 1, 2, 30)) + text[place:]


def _without_span(text: str, dice: Random) -> str:
    place = dice.randint(0, len(text))
    return text[:place] + text[place + dice.choice((1, 1, 3, 10, 200)) :]


def _with_span_twice(text: str, dice: Random) -> str:
    place, length = dice.randint(0, len(text)), dice.choice((1, 5, 40, 200))
    return text[: place + length] + text[place:]


def _with_line_moved(text: str, dice: Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    line = lines.pop(dice.randrange(len(lines)))
    moved = dice.choice((line, f"  {line}", line.removeprefix("  ")))
    lines.insert(dice.randint(0, len(lines)), moved)
    return "".join(lines)


def _with_another_file(text: str, dice: Random) -> str:
    lines = dice.choice(all_files()).splitlines(keepends=True)
    start = dice.randrange(len(lines) or 1)
    return f"{text}\n{''.join(lines[start : start + dice.randint(1, 12)])}"


_GENTLE = (
    *(_with_other_word, _with_other_word, _with_item, _with_item, _without_line),
    *(_with_comment, _with_quotes, _with_other_ends, _with_other_zone),
)
_ROUGH = (_with_sign, _without_span, _with_span_twice, _with_line_moved, _with_another_file)
