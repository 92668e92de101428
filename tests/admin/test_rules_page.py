"""The editor of the rule file."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import Engine

from rules.policy import Action
from rules.policy_text import revision_of
from store import audit, policies
from store.settings import Settings
from tests.admin.family import NAME, NOW, RULES, Parent, log, record, work

BASE = revision_of(RULES)
NEWER = RULES.replace("tiktok.com", "example.com")
BROKEN = RULES.replace("default: block", "default: maybe")


def test_the_editor_holds_the_file_with_numbers_to_link_to(parent: Parent) -> None:
    page = parent.get("/rules").text
    assert "# the family&#39;s rules" in page
    assert '<li id="line-1">1</li>' in page
    assert f'name="base" value="{BASE}"' in page


def test_a_good_text_is_said_to_be_good_and_is_not_saved(
    parent: Parent, settings: Settings
) -> None:
    page = parent.post("/rules", do="check", text=NEWER, base=BASE).text
    assert "No mistakes. It is not saved yet." in page
    assert "example.com" in page
    assert settings.rules_path.read_text() == RULES


def test_mistakes_stand_at_their_lines(parent: Parent) -> None:
    page = parent.post("/rules", do="check", text=BROKEN, base=BASE).text
    assert '<a href="#line-13">line 13</a>' in page
    assert '<li id="line-13" class="error">' in page
    assert "default: maybe" in page


@pytest.mark.parametrize(
    "text", ["", "[", "a: b\n" * 3, "\x00", "profiles: &a [*a]", "🙂", "x" * 1_100_000]
)
def test_no_text_breaks_the_page(parent: Parent, text: str, settings: Settings) -> None:
    for button in ("check", "compare", "save"):
        answer = parent.post("/rules", do=button, text=text, base=BASE)
        assert answer.status_code in {200, 400}
    assert settings.rules_path.read_text() == RULES


def test_what_changes_is_said_by_sign_and_word(parent: Parent) -> None:
    page = parent.post("/rules", do="compare", text=NEWER, base=BASE).text
    assert '<span class="hidden">removed:</span><code>-     block: [tiktok.com]</code>' in page
    assert '<span class="hidden">added:</span><code>+     block: [example.com]</code>' in page


def test_what_would_have_changed_last_week_is_told_before_saving(
    parent: Parent, sqlite_engine: Engine, settings: Settings
) -> None:
    opened = [
        record(
            "example.com",
            id=f"{number}",
            at=NOW - timedelta(days=number),
            profile="teen",
            device="phone",
            client="192.168.1.21",
            action=Action.ALLOW,
        )
        for number in range(1, 9)
    ]
    log(sqlite_engine, *opened)
    page = parent.post("/rules", do="compare", text=NEWER, base=BASE).text
    assert "<strong>Teen: 7 requests to 1 site would have been blocked.</strong>" in page
    assert "example.com (7): blocked by “example.com” (family.yaml, line 22)" in page
    assert settings.rules_path.read_text() == RULES
    parent.client.set_cookie("porchlight_language", "vi")
    page = parent.post("/rules", do="compare", text=NEWER, base=BASE).text
    assert "Teen: 7 lượt truy cập tới 1 trang lẽ ra đã bị chặn." in page


def test_a_text_with_mistakes_is_compared_and_not_replayed(parent: Parent) -> None:
    page = parent.post("/rules", do="compare", text=BROKEN, base=BASE).text
    assert "removed:" in page
    assert '<a href="#line-13">line 13</a>' in page
    assert 'id="replay"' not in page


def test_nothing_changed_is_said(parent: Parent) -> None:
    page = parent.post("/rules", do="compare", text=RULES, base=BASE).text
    assert "Nothing differs." in page
    assert "The log holds nothing to try the rules on." in page


def test_a_good_text_is_saved_with_who_and_why(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    answer = parent.post("/rules", do="save", text=NEWER, base=BASE, why="  exams  are over ")
    assert answer.location == f"/rules/saved/{revision_of(NEWER)}"
    assert settings.rules_path.read_text() == NEWER
    newest = policies.newest(sqlite_engine)
    assert newest
    assert (newest.who, newest.why) == (NAME, "exams are over")
    assert audit.read(sqlite_engine, 1)[0].what == "save"


def test_a_browser_s_line_ends_become_the_file_s(parent: Parent, settings: Settings) -> None:
    parent.post("/rules", do="save", text=NEWER.replace("\n", "\r\n"), base=BASE)
    assert settings.rules_path.read_bytes() == NEWER.encode()


def test_a_broken_text_is_never_saved_and_stays_in_the_box(
    parent: Parent, settings: Settings
) -> None:
    answer = parent.post("/rules", do="save", text=BROKEN, base=BASE)
    assert answer.status_code == 400
    assert '<a href="#line-13">line 13</a>' in answer.text
    assert "default: maybe" in answer.text
    assert settings.rules_path.read_text() == RULES


def test_a_file_that_moved_is_not_overwritten_and_nothing_is_lost(
    parent: Parent, settings: Settings
) -> None:
    theirs = RULES.replace("Younger child", "Mai")
    settings.rules_path.write_text(theirs)
    answer = parent.post("/rules", do="save", text=NEWER, base=BASE, why="exams")
    assert answer.status_code == 409
    assert settings.rules_path.read_text() == theirs
    assert "Somebody changed the rules while you were writing." in answer.text
    assert "block: [example.com]" in answer.text
    assert "-     name: Mai" in answer.text
    assert f'name="base" value="{revision_of(theirs)}"' in answer.text
    assert 'value="exams"' in answer.text


def test_saving_again_after_seeing_theirs_is_a_choice(parent: Parent, settings: Settings) -> None:
    theirs = RULES.replace("Younger child", "Mai")
    settings.rules_path.write_text(theirs)
    answer = parent.post("/rules", do="save", text=NEWER, base=revision_of(theirs))
    assert answer.status_code == 302
    assert settings.rules_path.read_text() == NEWER


def test_the_second_click_on_save_is_harmless(
    parent: Parent, settings: Settings, sqlite_engine: Engine
) -> None:
    parent.post("/rules", do="save", text=NEWER, base=BASE)
    answer = parent.post("/rules", do="save", text=NEWER, base=BASE)
    assert answer.location == f"/rules/saved/{revision_of(NEWER)}"
    assert len(policies.history(sqlite_engine)) == 2


def test_a_broken_file_on_disk_is_shown_with_its_mistakes(
    parent: Parent, settings: Settings
) -> None:
    settings.rules_path.write_text(BROKEN)
    page = parent.get("/rules").text
    assert "not in force" in page
    assert '<li id="line-13" class="error">' in page


def test_a_broken_file_on_disk_can_be_mended_here(parent: Parent, settings: Settings) -> None:
    settings.rules_path.write_text(BROKEN)
    assert parent.post("/rules", do="save", text=NEWER, base=revision_of(BROKEN)).status_code == 302
    assert settings.rules_path.read_text() == NEWER


def test_the_presets_are_told_in_the_page_s_language(parent: Parent) -> None:
    page = parent.get("/rules").text
    assert "<code>preset: curious</code><br>8-10 years" in page
    assert "Looking up volcanoes for school works" in page
    parent.client.set_cookie("porchlight_language", "vi")
    assert "Con tra cứu về núi lửa" in parent.get("/rules").text


def test_the_rules_are_read_back_with_links_to_their_lines(parent: Parent) -> None:
    assert '<a class="button" href="/rules/words">In words</a>' in parent.get("/rules").text
    page = parent.get("/rules/words").text
    assert "Every day: open from 06:00 to 20:00." in page
    assert '<a href="/rules#line-18">18</a>' in page
    assert 'href="#profile-younger">Younger child</a>' in page
    assert '<section class="card said" id="profile-younger">' in page
    assert "<script" not in page
    parent.client.set_cookie("porchlight_language", "vi")
    page = parent.get("/rules/words").text
    assert "Hằng ngày: mở từ 06:00 đến 20:00." in page
    assert "Nội quy bằng lời" in page


def test_only_parents_read_the_rules_in_words(visitor: Parent) -> None:
    assert visitor.get("/rules/words").status_code == 302


def test_a_broken_file_is_not_read_back_but_the_rules_in_force_are(
    parent: Parent, settings: Settings
) -> None:
    settings.rules_path.write_text("# a line more\n" + BROKEN)
    page = parent.get("/rules/words").text
    assert "Below are the last good rules" in page
    assert "Everything else is closed." in page
    # The editor holds another text: its lines are not those of the rules in force.
    assert "#line-" not in page


def test_hostile_names_and_notes_are_only_text(parent: Parent, settings: Settings) -> None:
    hostile = "{site: tiktok.com, note: '<script>alert(1)</script>'}"
    settings.rules_path.write_text(
        RULES.replace("name: Teen", "name: <b>Teen</b>").replace("tiktok.com", hostile)
    )
    page = parent.get("/rules/words").text
    assert "<b>" not in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_an_unknown_button_does_nothing(parent: Parent) -> None:
    assert parent.post("/rules", do="explode", text=NEWER, base=BASE).status_code == 400


def test_the_page_waits_until_the_filter_has_it(parent: Parent, sqlite_engine: Engine) -> None:
    parent.post("/rules", do="save", text=NEWER, base=BASE)
    revision = revision_of(NEWER)
    work(sqlite_engine)
    waiting = parent.get(f"/rules/saved/{revision}").text
    assert f'<meta http-equiv="refresh" content="1;url=/rules/saved/{revision}?look=1">' in waiting
    work(sqlite_engine, revision=revision, in_force_since=NOW)
    done = parent.get(f"/rules/saved/{revision}?look=1").text
    assert "In force since today at 16:00" in done
    assert "http-equiv" not in done


def test_the_page_does_not_wait_for_ever(parent: Parent, sqlite_engine: Engine) -> None:
    work(sqlite_engine)
    page = parent.get("/rules/saved/000000000000?look=20").text
    assert "http-equiv" not in page
    assert "has not taken it up yet" in page


def test_without_a_running_filter_it_says_so(parent: Parent, sqlite_engine: Engine) -> None:
    work(sqlite_engine, seen=NOW - timedelta(hours=1))
    assert "the filter is not running" in parent.get(f"/rules/saved/{BASE}").text


def test_hostile_text_stays_in_the_box(parent: Parent) -> None:
    page = parent.post("/rules", do="check", text="</textarea><script>", base='"><script>').text
    assert "<script" not in page


def test_mistakes_are_told_in_the_page_s_language(parent: Parent, settings: Settings) -> None:
    parent.client.set_cookie("porchlight_language", "vi")
    page = parent.post("/rules", do="check", text=BROKEN, base=BASE).text
    assert "ở đây chỉ nhận allow, block, ask, không nhận maybe" in page
    assert "hãy chọn một trong số đó" in page
    settings.rules_path.write_text(BROKEN)
    assert "ở đây chỉ nhận allow, block, ask, không nhận maybe" in parent.get("/activity").text


def test_warnings_are_told_in_the_page_s_language(parent: Parent) -> None:
    parent.client.set_cookie("porchlight_language", "vi")
    doubled = RULES.replace("[tiktok.com]", "[tiktok.com, tiktok.com]")
    page = parent.post("/rules", do="check", text=doubled, base=BASE).text
    assert "tiktok.com đã có trong danh sách này, ở dòng 22" in page


def test_what_shows_an_oddity_leads_to_its_explanation_once_it_is_saved(
    parent: Parent, settings: Settings
) -> None:
    odd = RULES.replace("- wikipedia.org", "- wikipedia.org\n      - pornhub.com")
    drafted = parent.post("/rules", do="check", text=odd, base=BASE).text
    assert "pornhub.com stays blocked: adult is under never: in line 7" in drafted
    assert "This shows it: https://pornhub.com/ for Younger child, today at 16:00" in drafted
    settings.rules_path.write_text(odd)
    page = parent.post("/rules", do="check", text=odd, base=revision_of(odd)).text
    (link,) = re.findall(r'<a href="([^"]*)">https://pornhub.com/ for Younger child', page)
    explained = parent.get(unescape(link)).text
    assert "never open" in explained
    parent.client.set_cookie("porchlight_language", "vi")
    page = parent.post("/rules", do="check", text=odd, base=BASE).text
    assert "https://pornhub.com/ với Younger child, lúc 16:00 hôm nay" in page


def test_a_device_that_shows_an_oddity_is_named_without_a_link(
    parent: Parent, settings: Settings
) -> None:
    odd = RULES + "  tv: {ip: 192.168.1.22}\n"
    settings.rules_path.write_text(odd)
    page = parent.post("/rules", do="check", text=odd, base=revision_of(odd)).text
    assert "This shows it: https://example.com/ for tv, today at 16:00" in page
