"""Devices in the rule file's text, and nothing else touched."""

from difflib import SequenceMatcher

import pytest

from rules.policy_enrol import put_device, remove_device, typed_key
from rules.yaml_text import compose, plain

HEAD = "porchlight: 1   # the format\ntimezone: UTC\n"
MAC = "a4:83:e7:12:9f:01"
TEXTS = [
    HEAD + "profiles:\n  kid: {}\n",
    HEAD + "profiles:\n  kid:\n",
    HEAD + "profiles: {kid: {block: [adult]}, teen: {}}  # all\n",
    HEAD + "profiles:\n  kid:   # ours\n    devices: []   # none yet\ndevices:\n  # soon\n",
    HEAD + "profiles:\n  kid:\n    devices: [tv]\ndevices:\n  tv: {ip: 10.0.0.2}  # the old one\n",
    HEAD
    + "devices:\n  tv:\n    # by the router\n    ip: 10.0.0.2\n\nprofiles:\n  kid:\n    devices:\n      - tv # big\n",
    HEAD
    + "profiles:\r\n  kid:\r\n    devices: [\r\n      tv,\r\n    ]\r\ndevices: {tv: {ip: 10.0.0.2}}",
]


@pytest.mark.parametrize(
    ("typed", "key"),
    [("tv", "tv"), (" Minh  laptop ", "Minh-laptop"), ("Máy Đỏ của đệ", "May-Do-cua-de")],
)
def test_a_name_as_people_type_it_is_one_word(typed: str, key: str) -> None:
    assert typed_key(typed) == key


@pytest.mark.parametrize("text", TEXTS)
def test_a_new_device_is_named_and_given_to_a_profile(text: str) -> None:
    edited = put_device(text, "phone", {"mac": MAC, "port": 8081, "ip": None}, "kid")
    found = plain(compose(edited))
    assert found["devices"]["phone"] == {"mac": MAC, "port": 8081}
    assert found["profiles"]["kid"]["devices"][-1] == "phone"
    only_added(text, edited)


@pytest.mark.parametrize("text", TEXTS)
def test_to_name_and_to_remove_again_leaves_the_old_devices(text: str) -> None:
    before = plain(compose(text))
    edited = remove_device(put_device(text, "phone", {"mac": MAC}, "kid"), "phone")
    after = plain(compose(edited))
    assert (after["devices"] or {}) == (before.get("devices") or {})
    assert after["profiles"].keys() == before["profiles"].keys()


def test_a_device_learns_another_key_and_forgets_one() -> None:
    text = TEXTS[5]
    edited = put_device(text, "tv", {"mac": MAC})
    assert edited == text.replace("10.0.0.2\n", f"10.0.0.2\n    mac: {MAC}\n")
    edited = put_device(text, "tv", {"ip": None, "mac": MAC})
    assert plain(compose(edited))["devices"] == {"tv": {"mac": MAC}}
    assert "# by the router" in edited
    assert put_device(text, "tv", {"ip": "10.0.0.2"}) == text


@pytest.mark.parametrize(
    "listed",
    ["[tv]", "[tv, phone]", "[phone, tv]  # mine", "\n      - tv  # big\n      - phone"],
)
def test_a_device_moves_to_another_profile(listed: str) -> None:
    text = f"{HEAD}profiles:\n  kid:\n    devices: {listed}\n  teen: {{}}\ndevices:\n  tv: {{ip: 10.0.0.2}}\n  phone: {{ip: 10.0.0.3}}\n"
    found = plain(compose(put_device(text, "tv", {}, "teen")))
    assert found["profiles"]["teen"]["devices"] == ["tv"]
    assert "tv" not in found["profiles"]["kid"]["devices"]
    assert found["devices"] == plain(compose(text))["devices"]


def test_a_device_of_the_unknown_is_in_no_profile_of_its_own() -> None:
    edited = put_device(TEXTS[5], "tv", {}, "unknown")
    assert edited == TEXTS[5].replace("      - tv # big\n", "")


def test_a_device_that_is_where_it_should_be_changes_nothing() -> None:
    assert put_device(TEXTS[4], "tv", {"ip": "10.0.0.2"}, "kid") == TEXTS[4]
    assert remove_device(TEXTS[4], "radio") == TEXTS[4]


def test_nobody_gets_a_device_who_is_not_there() -> None:
    with pytest.raises(ValueError, match="there is no profile nobody"):
        put_device(TEXTS[4], "phone", {"mac": MAC}, "nobody")


def only_added(text: str, edited: str) -> None:
    changes = SequenceMatcher(None, text, edited, autojunk=False).get_opcodes()
    taken = "".join(
        text[one:two] for kind, one, two, *_ in changes if kind in {"delete", "replace"}
    )
    assert taken.strip(" {}[]~\n") == "", taken
