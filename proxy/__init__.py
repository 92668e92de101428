"""The enforcement point. mitmproxy stays in here."""
