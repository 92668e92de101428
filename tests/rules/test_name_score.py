"""How a host's name is read, with a few words of our own. The words that are shipped: tests/store/test_name_words.py."""

import re
from string import ascii_lowercase
from time import perf_counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.hosts import LONGEST_HOST, LONGEST_LABEL, normal_host
from rules.name_score import CategoryWords, NameWords, Reading, fold, read_name

WORDS = NameWords(
    enough=3,
    categories={
        "adult": CategoryWords(
            telling={"porn": 3, "sex": 2, "_tits": 2, "*.adult": 3, "naked": 1, "порно": 3},
            hints=frozenset({"tube", "video", "tits", "_18_"}),
        ),
        "gambling": CategoryWords(
            telling={
                "casino": 3, "nhacai": 3, "danhde": 3, "bet_": 2, "_w88_": 2, "*.bet": 3, "slot": 1
            },
            hints=frozenset({"#", "bet", "live", "win"}),
        ),
    },
    innocent=frozenset({"essex", "sexpert", "alphabet", "window", ".bet.com_"}),
    against={"help": 3, ".ac.": 3},
)  # fmt: skip
NO_WORDS = NameWords(enough=3, categories={}, innocent=frozenset(), against={})
TELLING = "porn sex tits adult naked casino nhacai danhde bet w88 slot".split()
ALONE = "porn casino nhacai danhde".split()
ACCENTS = {"a": "aàáảãạăằặâấậ", "d": "dđ", "e": "eèéẻẽẹêềệ", "i": "iìíỉĩị", "o": "oòóỏõọôồơờợ"}

labels = st.text(ascii_lowercase, min_size=1, max_size=12)


def says(host: str) -> tuple[str, ...] | None:
    reading = read_name(WORDS, host)
    return reading.words if reading else None


def test_a_reading_names_its_words_in_the_order_of_the_name() -> None:
    assert read_name(WORDS, "www.videoporntube.example") == Reading(
        category="adult", words=("video", "porn", "tube"), points=5
    )


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("porn.example", ("porn",)),
        ("a.b.myporn1.example.co.uk", ("porn",)),
        ("sextube.example", ("sex", "tube")),
        ("sex.example", None),
        ("petits-tube-video-18.example", None),
        ("nakedtube.example", None),
        ("naked-tube-video.example", ("naked", "tube", "video")),
        ("sexsex.sex.example", None),
        ("sextubetube.example", ("sex", "tube")),
    ],
)
def test_a_name_is_told_by_enough_different_words(host: str, words: tuple[str, ...] | None) -> None:
    assert says(host) == words


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("bet365.example", ("bet", "365")),
        ("188-superbet.example", ("188", "bet")),
        ("betting188.example", None),
        ("w88win.example", ("w88", "win")),
        ("5w88.win", ("5", "w88", "win")),
        ("ww88.win", None),
        ("w888.win", None),
        ("titstube.example", ("tits", "tube")),
        ("petitstube.example", None),
        ("sex18.example", ("sex", "18")),
        ("sex2018.example", None),
        ("sex-18plus.example", ("sex", "18")),
    ],
)
def test_an_edge_is_where_letters_or_digits_end(host: str, words: tuple[str, ...] | None) -> None:
    assert says(host) == words


def test_an_ending_is_the_whole_last_label() -> None:
    assert says("some.adult") == ("adult",)
    assert says("lucky.bet") == ("bet",)
    assert says("adult") is None
    assert says("some.adult.example") is None
    assert says("someadult") is None


def test_numbers_are_one_word_however_many() -> None:
    assert says("slot1.slot2.example") is None
    assert says("live-slot-1-2.example") == ("live", "slot", "1")


@pytest.mark.parametrize(
    "host",
    "essex.ac.uk essextube.example sexpert-video.example alphabet12.example live1.bet.com".split(),
)
def test_an_innocent_word_hides_the_shorter_one_in_it(host: str) -> None:
    assert says(host) is None


def test_an_innocent_word_hides_no_hint_that_stands_beside_it() -> None:
    assert says("essex-porn.example") == ("porn",)
    assert says("12bet.com") == ("12", "bet")
    assert says("bet-windows-7win.example") == ("bet", "7", "win")


def test_the_longest_word_is_read_and_no_letter_twice() -> None:
    assert says("sexperttube.example") is None
    assert says("pornaked.example") == ("porn",)


@pytest.mark.parametrize(
    "host", ["pornhelp.example", "help.porn.example", "porn.ac.uk", "sextubehelp.example"]
)
def test_words_against_it_take_points_away(host: str) -> None:
    assert says(host) is None


def test_more_is_said_for_it_than_against_it() -> None:
    assert read_name(WORDS, "helpporncasino.example") is None
    assert read_name(WORDS, "pornsexvideohelp.example") == Reading(
        category="adult", words=("porn", "sex", "video"), points=3
    )


def test_of_two_categories_the_one_with_more_points_is_told() -> None:
    reading = read_name(WORDS, "porn-casino-live.example")
    assert reading
    assert (reading.category, reading.words) == ("gambling", ("casino", "live"))


def test_the_best_mark_of_a_word_counts_and_only_once() -> None:
    assert read_name(WORDS, "betbet.example") is None
    assert says("live.superbet.betting.example") == ("live", "bet")
    assert read_name(WORDS, "betbet-live.example") == Reading(
        category="gambling", words=("bet", "live"), points=3
    )


@pytest.mark.parametrize(
    "host", ["d2porn3oa79h8.cloud.example", "casino1a2b3.example", "x1sex2tube3.example"]
)
def test_a_label_that_a_machine_made_says_nothing(host: str) -> None:
    assert says(host) is None


def test_a_name_with_two_numbers_is_still_a_name() -> None:
    assert says("top10casino24.example") == ("10", "casino")


@pytest.mark.parametrize("host", ["192.0.2.88", "2001:db8::bed", "localhost", "xn--.example"])
def test_what_is_no_name_says_nothing(host: str) -> None:
    assert says(host) is None


def test_without_words_nothing_is_said() -> None:
    assert read_name(NO_WORDS, "porn.example") is None


def test_a_name_in_other_letters_is_read() -> None:
    assert says(normal_host("порно-видео.example")) == ("порно",)


def test_a_label_that_only_looks_like_punycode_is_read_as_it_stands() -> None:
    assert says("xn--porn-99999999999.example") == ("porn",)


@given(st.text(ascii_lowercase + "0123456789-", max_size=59))
def test_no_label_is_too_broken_to_be_read(label: str) -> None:
    assume("help" not in label)
    assert says(f"xn--{label}.casino") is not None


@pytest.mark.parametrize(
    ("text", "plain"), [("Nhà Cái", "nha cai"), ("ĐÁNH ĐỀ", "danh de"), ("Ｐｏｒｎ", "porn")]
)
def test_fold_leaves_small_letters_without_accents(text: str, plain: str) -> None:
    assert fold(text) == plain


@given(st.lists(labels, min_size=1, max_size=5))
def test_a_name_without_a_telling_word_says_nothing(parts: list[str]) -> None:
    host = ".".join(parts)
    assume(not any(word in host for word in TELLING))
    assert read_name(WORDS, host) is None


@given(st.sampled_from(ALONE), st.text("kmqz", max_size=8), st.text("kmqz", max_size=8))
def test_a_word_that_tells_alone_tells_anywhere(word: str, before: str, after: str) -> None:
    assert says(f"www.{before}{word}{after}.example.com") == (word,)


@given(st.sampled_from(ALONE), st.data())
def test_the_spelling_of_a_host_changes_nothing(word: str, data: st.DataObject) -> None:
    accented = "".join(data.draw(st.sampled_from(ACCENTS.get(one, one))) for one in word)
    shouted = "".join(data.draw(st.sampled_from((one, one.upper()))) for one in accented)
    assert says(normal_host(f"{shouted}.Example.")) == (word,)


@given(st.text(ascii_lowercase + "0123456789-.", max_size=60))
def test_every_word_that_is_told_stands_in_the_name_in_that_order(host: str) -> None:
    reading = read_name(WORDS, host)
    if reading:
        assert re.search(".*".join(map(re.escape, reading.words)), host)
        assert reading.points >= WORDS.enough


@pytest.mark.parametrize(
    "label", ["sexpersexper", "x", "essexessexe", "1a", "porn", "xn--aaaaaaaaa", "betbetbe"]
)
def test_the_longest_host_is_read_in_a_few_milliseconds(label: str) -> None:
    long = (label * LONGEST_LABEL)[:LONGEST_LABEL]
    host = f"{'.'.join([long] * 4)}.sex"[-LONGEST_HOST:]
    began = perf_counter()
    for _ in range(10):
        read_name(WORDS, host)
    assert perf_counter() - began < 0.5
