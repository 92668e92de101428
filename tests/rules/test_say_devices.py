"""What devices say of what is opened stands with the profile whose devices they are."""

from rules.catalog import Catalog
from rules.policy import Language
from rules.policy_text import parse
from rules.say import say

TEXT = """\
porchlight: 1
timezone: UTC
profiles:
  na: {devices: [phone]}
  teen: {devices: [laptop]}
devices:
  phone: {ip: 10.0.0.1, tunnel: [momo.vn]}
  laptop: {ip: 10.0.0.2, decrypt: [facebook.com]}
  tv: {ip: 10.0.0.3, decrypt: never}
"""


def said_of(profile: str, catalog: Catalog) -> list[tuple[str, tuple[int, ...]]]:
    policy = parse(TEXT, file="family.yaml", catalog=catalog)
    passages = say(policy, catalog, language=Language.ENGLISH, profile=profile)
    return [
        (statement.text, tuple(statement.lines))
        for section in passages[1].sections
        if section.title == "What is opened on a device, and what is not"
        for statement in section.statements
    ]


def test_each_device_speaks_for_its_profile(catalog: Catalog) -> None:
    passes = "On phone this passes unopened, and only its name is filtered: momo.vn."
    assert said_of("na", catalog) == [(passes, (7,))]
    ((opened, lines),) = said_of("teen", catalog)
    assert opened.startswith("On laptop this may be opened")
    assert lines == (8,)


def test_a_device_that_nobody_has_speaks_for_the_unknown(catalog: Catalog) -> None:
    assert said_of("unknown", catalog) == [
        ("On tv nothing is opened, and only names are filtered.", (9,))
    ]
