import pytest

from admin.family_systems import System, detect

AGENTS = {
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1": System.IPHONE,
    "Mozilla/5.0 (iPad; CPU OS 12_2 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1": System.IPHONE,
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36": System.ANDROID,
    "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0": System.ANDROID,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36": System.WINDOWS,
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15": System.MAC,
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": System.LINUX,
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36": None,
    "curl/8.5.0": None,
    "": None,
}


@pytest.mark.parametrize(("agent", "system"), AGENTS.items())
def test_a_browser_says_what_it_runs_on(agent: str, system: System | None) -> None:
    assert detect(agent) is system


def test_a_system_is_found_by_the_name_in_addresses() -> None:
    assert all(System.named(one.value) is one for one in System)
    assert System.named("amiga") is None
