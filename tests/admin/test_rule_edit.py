"""One change of the rule file, as every button makes it; tests/admin/test_answers.py and test_offers_page.py press them."""

import pytest
from flask import Flask, g
from sqlalchemy import Engine

from admin import rule_edit
from admin.house import Standing
from rules.policy import Language
from store import accounts, audit, policies
from store.settings import Settings
from tests.admin.family import RULES
from tests.admin.listed import house_of

EDITED = RULES.replace("tiktok.com", "x.example")


@pytest.fixture
def signed_in(app: Flask, account: accounts.Account) -> object:
    with app.test_request_context() as context:
        g.account, g.language = account, Language.ENGLISH
        yield context


def flashed(context: object) -> list[tuple[str, str]]:
    return list(context.session["_flashes"])  # type: ignore[attr-defined]


def test_what_is_saved_is_told_with_its_undo_and_written_in_the_audit(
    app: Flask, signed_in: object, settings: Settings, sqlite_engine: Engine
) -> None:
    here = house_of(app)
    standing = here.standing()
    assert rule_edit.save(here, standing, EDITED, done="Done.", more="More.")
    saved = policies.read(settings.rules_path)
    assert saved.text == EDITED
    undo = f"undo-rules:{saved.revision}:{standing.revision}"
    assert flashed(signed_in) == [(undo, "Done. More.")]
    assert audit.read(sqlite_engine, 1)[0].detail == saved.revision


def test_who_was_slower_changes_nothing(app: Flask, signed_in: object, settings: Settings) -> None:
    here = house_of(app)
    standing = here.standing()
    settings.rules_path.write_text(RULES + "# faster\n")
    assert not rule_edit.save(here, standing, EDITED, done="Done.")
    assert settings.rules_path.read_text() == RULES + "# faster\n"
    assert "changed at the same moment" in flashed(signed_in)[0][1]


def test_a_disk_that_refuses_is_told(app: Flask, signed_in: object, settings: Settings) -> None:
    here = house_of(app)
    standing = here.standing()
    (settings.home / ".family.yaml.new").mkdir()
    assert not rule_edit.save(here, standing, EDITED, done="Done.")
    assert "The file could not be written" in flashed(signed_in)[0][1]
    assert settings.rules_path.read_text() == RULES


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULES + "nobody: knows\n", "With this the rules would be refused: unknown key nobody:"),
        (None, "This cannot be added by itself."),
    ],
)
def test_what_would_be_refused_is_no_draft(
    app: Flask, signed_in: object, text: str | None, said: str
) -> None:
    def change(_text: str) -> str:
        if text is None:
            raise ValueError
        return text

    here = house_of(app)
    assert rule_edit.draft(here, here.standing(), change) is None
    assert said in flashed(signed_in)[0][1]


def test_a_broken_file_is_mended_first(app: Flask, signed_in: object, settings: Settings) -> None:
    settings.rules_path.write_text("profiles: [")
    here = house_of(app)
    standing: Standing = here.standing()
    assert rule_edit.draft(here, standing, lambda _text: RULES) is None
    assert "Mend it first" in flashed(signed_in)[0][1]
