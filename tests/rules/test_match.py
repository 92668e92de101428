"""Exactness and indexes; what each address means is told in tests/cases/addresses.yaml."""

from datetime import UTC, datetime
from ipaddress import ip_network

from rules.hosts import parse_url
from rules.match import Rule, best, expression, index, needs_path, rank, speaks_of
from rules.policy import Action, FileType, Mime, Network, Pattern, Scope, Search, Site, Target, Word

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def rule(target: Target, action: Action = Action.BLOCK, **times: datetime) -> Rule:
    return Rule(
        action=action,
        target=target,
        entry="entry",
        member=None,
        line=1,
        starts=times.get("starts"),
        ends=times.get("ends"),
        note="",
        rank=rank(target),
        expression=expression(target),
    )


FROM_MOST_TO_LEAST: tuple[Target, ...] = (
    Pattern(expression="x"),
    Site(host="example.com", path="/w", parameters=(("a", "1"), ("b", "2"))),
    Site(host="example.com", path="/w", parameters=(("a", "1"),)),
    Site(host="example.com", path="/long/path"),
    Site(host="www.example.com", path="/long"),
    Site(host="example.com", path="/long"),
    Site(host="www.example.com", scope=Scope.ALONE),
    Site(host="www.example.com"),
    Site(host="example.com"),
    Site(host="www.example.com", scope=Scope.BELOW),
    Site(host="com", scope=Scope.BELOW),
    Word(name="games"),
)


def test_exactness_goes_from_regular_expression_to_ending() -> None:
    ranks = [rank(target) for target in FROM_MOST_TO_LEAST]

    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == len(ranks)


def test_a_smaller_network_is_more_exact() -> None:
    assert rank(Network(network=ip_network("10.0.0.1/32"))) > rank(
        Network(network=ip_network("10.0.0.0/24"))
    )
    assert rank(Network(network=ip_network("10.0.0.0/24"))) > rank(
        Network(network=ip_network("10.0.0.0/8"))
    )


def test_more_words_and_a_whole_type_are_more_exact() -> None:
    assert rank(Search(words=("bath", "bomb"))) > rank(Search(words=("bomb",)))
    assert rank(Mime(type="video/mp4")) > rank(Mime(type="video/*"))
    assert rank(Mime(type="video/mp4")) == rank(FileType(endings=("mp4",)))


def test_between_equals_a_block_wins_whatever_the_order() -> None:
    allow, block = rule(Site(host="a.b"), Action.ALLOW), rule(Site(host="a.b"))

    assert best([allow, block], NOW) is block
    assert best([block, allow], NOW) is block


def test_an_entry_that_is_not_live_does_not_speak() -> None:
    ended = rule(Site(host="a.b"), ends=NOW)
    coming = rule(Site(host="a.b"), starts=datetime(2026, 12, 1, tzinfo=UTC))

    assert best([ended, coming], NOW) is None


def test_a_request_meets_only_rules_on_its_own_hosts() -> None:
    near, far = rule(Site(host="b.c")), rule(Site(host="x.c"))
    word, network = rule(Word(name="games")), rule(Network(network=ip_network("10.0.0.0/8")))
    made = index([near, far, word, network])

    assert made.candidates(("a.b.c", "b.c", "c"), is_address=False) == [near]
    assert made.candidates(("10.1.1.1",), is_address=True) == [network]
    assert made.words == {"games": (word,)}


def test_only_paths_and_expressions_need_more_than_a_name() -> None:
    assert needs_path(rule(Site(host="a.b", path="/x")))
    assert needs_path(rule(Pattern(expression="x")))
    assert not needs_path(rule(Site(host="a.b")))
    assert not needs_path(rule(Network(network=ip_network("10.0.0.0/8"))))


def test_an_expression_that_would_stall_other_engines_is_linear() -> None:
    nasty = rule(Pattern(expression=r"(a+)+$"))

    assert not speaks_of(nasty, parse_url("https://example.com/" + "a" * 50_000 + "!"))
