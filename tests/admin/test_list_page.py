"""One list."""

from flask import Flask

from store.settings import Settings
from tests.admin.family import RULES, Parent
from tests.admin.listed import WITH_LISTS, keep, put_in_force, write_rules

TEXT = """\
! Title: Not <for> children
! Version: 2026.11
! Number of entries: 12
||filth.example^
||sexetc.org^
||com.vn^
||half.example^$third-party
||a.example^$third-party
||b.example^$third-party
||c.example^$third-party
||d.example^$third-party
||e.example^$third-party
"""


def test_a_list_says_what_is_in_it_and_what_is_not_obeyed(
    app: Flask, parent: Parent, settings: Settings
) -> None:
    write_rules(settings, WITH_LISTS)
    keep(settings, "hagezi-nsfw", TEXT)
    put_in_force(app)
    page = parent.get("/lists/one/hagezi-nsfw").text
    assert "Not &lt;for&gt; children" in page
    assert "2026.11" in page
    assert "<dt>Sites</dt><dd>1</dd>" in page
    assert "<dt>It says it has</dt><dd>12</dd>" in page
    assert "<code>||sexetc.org^</code>" in page
    assert "Not obeyed, since no list may close these sites" in page
    assert "Whole endings, such as com.vn: 1" in page
    assert "Rules that say more than to block a name: 6" in page
    assert "7: ||half.example^$third-party" in page
    assert "and more" in page
    assert "e.example" not in page
    assert 'href="https://github.com/hagezi/dns-blocklists/issues"' in page
    line = WITH_LISTS[: WITH_LISTS.index("hagezi-nsfw")].count("\n") + 1
    assert f'href="/rules#line-{line}"' in page


def test_an_offer_that_is_off_can_be_looked_at_and_turned_on(
    parent: Parent, settings: Settings
) -> None:
    write_rules(settings, RULES)
    page = parent.get("/lists/one/hostsvn-adult").text
    assert "about 22,622" in page
    assert "families in Vietnam" in page
    assert 'name="is" value="on"' in page
    assert "Update now" not in page


def test_an_own_list_can_be_removed_even_when_it_is_off(parent: Parent, settings: Settings) -> None:
    text = RULES + "lists:\n  mine: {file: m.txt, is: off}  # old\nexpect: []\n"
    write_rules(settings, text)
    assert "Remove from the rules" in parent.get("/lists/one/mine").text
    page = parent.see("/lists/remove", key="mine").text
    assert "Removed the list mine." in page
    assert settings.rules_path.read_text() == RULES + "lists:\nexpect: []\n"
    assert parent.get("/lists/one/mine").status_code == 404


def test_a_list_of_which_every_line_is_understood_says_so(
    parent: Parent, settings: Settings
) -> None:
    write_rules(settings, WITH_LISTS)
    keep(settings, "grandmas", "bet.example\nhttps://a.example/page\n")
    page = parent.get("/lists/one/grandmas").text
    assert "Every line was understood." in page
    assert "single pages: 1" in page
    assert "<code>grandmas.txt</code>" in page
