"""A login without a password is told at its line."""

from rules.catalog import Catalog
from rules.check_logins import check_logins
from rules.policy_text import parse

RULES = """\
porchlight: 1
timezone: UTC
devices:
  tv: {ip: 192.168.1.9}
  desk:
    mac: "a4:83:e7:12:9f:01"
    login: teen
  laptop: {login: Mai}
"""
TEEN = "desk cannot sign in: teen has no password yet (set it with porchlight login teen)"


def test_a_login_that_has_no_password_is_told_at_its_line(catalog: Catalog) -> None:
    policy = parse(RULES, file="family.yaml", catalog=catalog)
    assert [(one.line, one.path, str(one)) for one in check_logins(policy, {"mai"})] == [
        (
            7,
            "devices.desk.login",
            f"family.yaml:7:1: {TEEN}",
        )
    ]
    assert list(check_logins(policy, {"mai", "teen"})) == []
