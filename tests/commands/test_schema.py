"""`porchlight schema`, and the made parts of docs/."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.schema import schema
from rules.manual import PARTS, renewed
from rules.policy_reference import reference
from rules.policy_schema import schema_text
from store.lists import load_catalog

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
RENEW = "renew it by: ./porchlight schema --write-docs docs"


def run(*arguments: str) -> str:
    done = CliRunner().invoke(schema, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_it_prints_the_schema() -> None:
    assert run() == schema_text(load_catalog())
    assert json.loads(run())["title"] == "Porchlight's rule file"


def test_it_prints_the_reference() -> None:
    assert run("--reference") == reference(load_catalog()) + "\n"


def test_it_renews_the_docs(tmp_path: Path) -> None:
    for page in PAGES:
        stale = page.read_text(encoding="utf-8").replace("| `curious` |", "| `stale` |")
        (tmp_path / page.name).write_text(stale, encoding="utf-8")
    assert run("--write-docs", str(tmp_path)) == ""
    for page in (*PAGES, DOCS / "family.schema.json"):
        assert (tmp_path / page.name).read_bytes() == page.read_bytes()


def test_it_prints_or_writes_but_not_both(tmp_path: Path) -> None:
    done = CliRunner().invoke(schema, ["--reference", "--write-docs", str(tmp_path)])
    assert done.exit_code == 2


def test_it_says_what_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "family.schema.json").mkdir()
    done = CliRunner().invoke(schema, ["--write-docs", str(tmp_path)])
    assert done.exit_code == 1
    assert "family.schema.json cannot be written: Is a directory." in done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_manual_says_what_the_model_and_the_catalog_say(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert renewed(text, load_catalog()) == text, RENEW


def test_the_schema_in_the_docs_is_the_one_that_is_served() -> None:
    kept = (DOCS / "family.schema.json").read_text(encoding="utf-8")
    assert kept == schema_text(load_catalog()), RENEW


def test_every_part_stands_in_the_docs() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in PARTS if f"<!-- made: {name} " not in text] == []
