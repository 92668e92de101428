"""What the shipped words must hear, and whom they must leave alone."""

import json
import re
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.hosts import normal_host, parse_url
from rules.list_text import read_list
from rules.name_score import EDGE, ENDING, NUMBER, fold, read_name
from store.list_files import read_lines
from store.lists import load_catalog, load_guard
from store.name_words import load_name_words

WORDS = load_name_words()
FILE = Path(__file__).parents[2] / "store" / "catalog" / "name_words.yaml"
LISTS = Path(__file__).parents[3] / "shared" / "lists"
needs_lists = pytest.mark.skipif(not LISTS.is_dir(), reason="no published lists in ../shared/lists")

ADULT = """
    pornhub.com www.freeporn.example porn-tube.example deutscheporno.example gayporn.example
    p0rn-videos.example sexvideos.example free-sex.example hot-sex-teens.example sextube24.example
    sexshop.example amateursex.example girlsex.example hotxxx.example xxx-movies.example
    some.xxx some.sex some.adult hentaihaven.example xvideos.example xxxvideo.example xnxx2.example
    xhamster.example redtube.example milftube.example hotmilfs.example nudegirls.example
    naked-teens.example fuckvideos.example pussypics.example bigtits.example tits-tube.example
    livesexcams.example sexcams.example camgirls.example webcamgirl-sex.example adultvideos.example
    adultdating.example adultfriendfinder.com eroticstories.example erotik-film.example bdsm.example
    shemaletube.example femdomcity.example escortgirls.example london-escorts.example
    istanbulescort.example escortbayan.example callgirls.example prostitutki-moskva.example
    javhd.example jav-free.example bokepindo.example szexvideok.example playboy-girls.example
    onlyfansleaks.example rule34.example threesome-videos.example analsex.example pornô.example
    phimsex.example phimsexviet.example phim-sex-hay.example xemphimsex.example sexviet.example
    truyensex.example phimxxx.example phim18.example phimnguoilon.example gaigoi.example
    gaigoisaigon.example lauxanh.example heovl.example vlxx.example khieudam.example
    loanluan.example phimkíchdục.example truyenloanluan.example порно-видео.example
""".split()
GAMBLING = """
    casino.example www.onlinecasino.example casino-royal.example vulkan-casino.example
    mostbet.example 1xbet.example 8xbet.example bet365.com 188bet.com bet-at-home24.example
    livebet.example superbet88.example sportsbet.example sportsbook.example lucky.bet
    sportingbet.example betting.example matchedbetting.example online-gambling.example
    poker.example freepoker.example pokerstars.com texasholdempoker.example freeslots.example
    onlineslots.example slots777.example slots-88.example slotgacor.example slot-gacor88.example
    pgslot.example superslot.example jackpot777.example roulette-online.example blackjack21.example
    baccarat88.example freespins.example bookmakers.example sportwetten.example apuestas.example
    apostas-online.example scommesse.example paris-sportifs.example canlibahis.example
    kasyno-online.example казино-вулкан.example togel88.example situsjudi.example judionline.example
    sbobet.example bandarqq-poker.example kubet.example thabet88.example
    nhacai.example nhacaiuytin.example nhà-cái.nhàcái.example cacuoc.example cá-cược.cacuoc88.example
    cadobongda.example keonhacai.example tylekeo.example soikeo.example taixiu.example
    taixiuonline.example tàixỉu.example xocdia.example xocdia88.example gamebai.example
    gamebaidoithuong.example danhbaionline.example lode88.example lodeonline.example
    dagatructiep.example soicau247.example nohu90.example baucua-online.example fb88.com fun88.com
    vn88.com w88-club.example jun88.example go88.example sunwin.example hitclub.example
    rikvip.example sv388.example bong88.example
""".split()
OTHERS = """
    sussex.ac.uk www.sussex.ac.uk essex.police.uk essex.ac.uk middlesex.edu wessexwater.co.uk
    essexcountycricket.org.uk essexlive.news visitessexvideo.example sussexlive.example
    sexsmith.ca sexton-books.example sextant.example lasexta.com sextafeira.example
    unisexhair.example bisexual.org asexuality.org homosexual-history.example transsexual.example
    samesex-wedding.example sexetc.org sexandu.ca sexeducationforum.org.uk teensexualhealth.example
    sexed.example sexual-health-videos.example sexworkers-rights.example sexology.example
    sexoffenderhelp.example sex.com scunthorpe.gov.uk penistone.gov.uk clitheroe.example
    cockermouth.org.uk titchfield.example cumbria.gov.uk cumnor.example arsenal.com canal-plus.com
    analytics.example analyst-hub.example anal-surgery.example lightwater.example
    expertsexchange.com experts-exchange.com newsexchange.example partsexpress.example
    girlsexcel.example carsexpo.example freelessonsexplained.example camsexpert.example
    hotshotsexpress.example videosexamples.example docsexplorer-free.example therapistfinder.example
    therapist-online.example psychotherapists.example pornic.fr pornichet-tube.example
    pornaddiction-help.example stopporn.example yourbrainonporn.com siriporn.example
    antiporn.example nofap-porn.example fightthenewdrug.org faptv.vn
    gaystarnews.com gay-teens.example lesbian-videos.example lgbt-chat.example gaycities.com
    gayboys-dating.example lesbiantube.example queerfilm.example transgender-girls.example
    milford.example newmilfordspectrum.com nudelhaus.example denuded.example pussycat.example
    xxxl-shirts.example xxxlutz.at superbowl-xxxvi.example class-xxxii.example petitstube.example
    thornyhots.example slutligen.example fordescort-club.example fullhookup-camp.example
    nakedwines.com playboy.example escort.example fuckyeahmarkdown.com document.example
    cucumber.example titles.example institute.example peacock-girl.example hancock.example
    cocktail.example dickens.example moby-dick.example class-assist.example adult-learning.example
    adulteducation.example young-adult-books.example dontgiveafuck.free.fr
    tienganhnguoilon.example taquannguoilon.example gaixinh.example suckhoesinhsan.example
    betterhelp.com alphabet.com abc.xyz alphabet-games.example bethlehem.example bethesda.net
    tibet.example tibet-online.example freetibet.org elizabeth.example elisabet-live.example
    betanews.com betterplay.example diabetes-online.example sherbet.example sohbet-online.example
    onlinebetaalplatform.nl bet.com live.bet.com betonwerk24.example beta.live.example
    groupe-casino.fr geantcasino.fr www.casino.fr planningpoker.com scrumpoker-online.org
    pokerogue.net slowpokefrance.example timeslot.example bookyourslotonline.example
    freeslotbooking-online.example slotcar-racing.example eurojackpot-online.example
    chatroulette.example gambleaware.org gamblersanonymous.org.uk gamblingtherapy.org
    gamblingcommission.gov.uk ncpgambling.org pgamble.example procterandgamble.com
    gambling-help-online.example motherlode-gold.example explode-game.example lodestar.example
    xoso.com.vn xosomiennam.example vietlott.vn minhngoc.net.vn xskt.com.vn kqxs-online.example
    national-lottery.co.uk lotto24.de avocado.example mercado-online.example cadogan.example
    banca-online.example baccarat.com vulkan.org sunwindenergy.example autogelderland.nl
    gratogel.de apostasy.example nohurry-game.example gamebaihoc.example danhsachbaihat.example
    xosokienthiet-online.example d2w88er3oa79h8.cloudfront.net d3qgxnxxb8p7rd.cloudfront.net
    chudai-studies.ac.jp fapsnewdelhi.net java.com javafx.com javascript-videos.example
    document-camera.example assexam.example bedsexcluded.example sextractors.example
""".split()


def said(host: str) -> str | None:
    reading = read_name(WORDS, normal_host(host))
    return reading.category if reading else None


def every_word() -> list[str]:
    categories = WORDS.categories.values()
    said_of = chain.from_iterable((*one.telling, *one.hints) for one in categories)
    return [*said_of, *WORDS.innocent, *WORDS.against]


@pytest.mark.parametrize("host", ADULT)
def test_a_name_that_says_adult(host: str) -> None:
    assert said(host) == "adult"


@pytest.mark.parametrize("host", GAMBLING)
def test_a_name_that_says_gambling(host: str) -> None:
    assert said(host) == "gambling"


@pytest.mark.parametrize("host", OTHERS)
def test_a_name_that_says_neither(host: str) -> None:
    assert read_name(WORDS, normal_host(host)) is None


@pytest.mark.parametrize("word", sorted(WORDS.innocent))
def test_an_innocent_word_alone_says_nothing(word: str) -> None:
    assert read_name(WORDS, f"www.{word.strip(EDGE)}.example") is None


def test_the_tables_are_long_enough_and_name_nobody_twice() -> None:
    hosts = ADULT + GAMBLING + OTHERS
    assert min(map(len, (ADULT, GAMBLING, OTHERS))) >= 60
    assert [host for host, times in Counter(hosts).items() if times > 1] == []


def test_no_word_is_about_whom_somebody_loves() -> None:
    unfair = re.compile("gay|lesb|lgbt|queer|homosex|bisex|trans|pride")
    assert [
        word
        for one in WORDS.categories.values()
        for word in (*one.telling, *one.hints)
        if unfair.search(word)
    ] == []


def test_a_lottery_of_the_state_is_no_gambling() -> None:
    lotteries = "xoso xosomb kqxs xskt vietlott minhngoc lottery lotto loto ketqua".split()
    for one in WORDS.categories.values():
        assert not {word.strip(EDGE) for word in (*one.telling, *one.hints)} & set(lotteries)


def test_words_are_of_the_categories_that_a_rule_can_name() -> None:
    assert set(WORDS.categories) == {"adult", "gambling"} <= set(load_catalog().topics)


def test_a_word_is_written_once_as_it_is_looked_for() -> None:
    data: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    against, innocent = data["against"].values(), data["innocent"]
    said_of = [data[category] for category in WORDS.categories]
    telling = [words for one in said_of for words in one["telling"].values()]
    written = [*telling, *(one["hints"] for one in said_of), *against, innocent]
    assert len(written) == 10
    for words in written:
        assert [word for word, times in Counter(words).items() if times > 1] == []
        assert [word for word in words if fold(word) != word] == []
    assert set(chain.from_iterable(written)) == set(every_word())


def test_every_word_has_letters_to_look_for_and_known_marks() -> None:
    for word in every_word():
        text = word.removeprefix(ENDING).strip(EDGE)
        assert word == NUMBER or re.fullmatch(r"[\w.-]{2,}", text), word
        assert EDGE not in text, word
    telling = [word for one in WORDS.categories.values() for word in one.telling]
    assert NUMBER not in {*telling, *WORDS.innocent, *WORDS.against}


def test_a_word_has_one_worth_in_a_category() -> None:
    for one in WORDS.categories.values():
        assert not one.telling.keys() & one.hints
        assert set(one.telling.values()) == {1, 2, 3}
        words = one.telling.keys() | one.hints
        assert not words & (WORDS.innocent | WORDS.against.keys())
    assert not WORDS.innocent & WORDS.against.keys()


def test_one_hint_never_makes_a_one_point_word_tell() -> None:
    assert read_name(WORDS, "sexy-video.example") is None
    assert read_name(WORDS, "slot-online.example") is None


def test_help_what_is_guarded_services_and_what_lists_have_wrong_are_left_alone() -> None:
    catalog = load_catalog()
    kept = [
        *catalog.help_sites,
        *catalog.mistakes,
        *(host for group in load_guard().groups for host in group.hosts),
        *chain.from_iterable(one.hosts for one in catalog.topics.values() if one.is_service),
    ]
    assert len(kept) > 700
    assert [host for host in kept if read_name(WORDS, host)] == []


def test_what_our_own_catalog_calls_otherwise_is_not_said_to_be_one_of_the_two() -> None:
    others = [one for key, one in load_catalog().topics.items() if key not in WORDS.categories]
    assert {host for one in others for host in one.hosts if read_name(WORDS, host)} <= {
        "adultfriendfinder.com"
    }


def test_the_words_are_read_once() -> None:
    assert load_name_words() is WORDS


@cache
def listed(name: str) -> frozenset[str]:
    return frozenset(entry.name for entry in read_list(read_lines(LISTS / name)) if not entry.path)


@needs_lists
@pytest.mark.parametrize(
    ("name", "category", "percent"),
    [
        ("hostsvn-adult.hosts.txt", "adult", 30),
        ("sinfonietta/pornography-hosts", "adult", 45),
        ("hostsvn-gambling.hosts.txt", "gambling", 12),
        ("sinfonietta/gambling-hosts", "gambling", 22),
        ("ut1-gambling.domains.txt", "gambling", 80),
    ],
)
def test_names_on_lists_are_heard(name: str, category: str, percent: int) -> None:
    heard = [said_as for host in listed(name) if (said_as := read_name(WORDS, host))]
    right = [reading for reading in heard if reading.category == category]
    assert len(right) > len(listed(name)) * percent / 100
    assert len(heard) - len(right) < len(listed(name)) / 1000


@needs_lists
@pytest.mark.parametrize("name", ["ut1-press.domains.txt", "ut1-bank.domains.txt"])
def test_newspapers_and_banks_are_left_alone(name: str) -> None:
    assert len(listed(name)) > 4000
    assert [host for host in listed(name) if read_name(WORDS, host)] == []


@needs_lists
def test_the_most_visited_sites_are_left_alone() -> None:
    ranks = json.loads((LISTS / "benign" / "npm_top-sites_500.json").read_text(encoding="utf-8"))
    hosts = {rank["rootDomain"].strip("/") for rank in ranks} - {"marketingplatform.google...."}
    assert len(hosts) > 490
    # the one among them that is what it says
    assert [host for host in hosts if read_name(WORDS, normal_host(host))] == ["chaturbate.com"]


@needs_lists
def test_among_addresses_of_the_open_web_only_gambling_is_called_so() -> None:
    lines = (LISTS / "benign" / "urls_kasztp_48k.txt").read_text(encoding="utf-8-sig").split("\n")
    hosts = {parse_url(line).host for line in lines if re.match(r"https?://[\w.-]+(/|$)", line)}
    named = {host for host in hosts if read_name(WORDS, host)}
    assert len(hosts) > 20_000
    assert len(named) < 25
    assert [
        host for host in named if not re.search("casino|poker|gambl|betting|unibet", host)
    ] == []
