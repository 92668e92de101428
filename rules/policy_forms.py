"""How days, hours, addresses of lists and the like are written in the rule file: what the reader takes, and what editors are told.

Law: only what Python's `re` and ECMAScript read alike, since the schema for editors carries these patterns.
"""

import re

DATE = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2}")
DATE_AND_HOUR = re.compile(r"2[0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")
WEEK_MOMENT = re.compile(r"(mon|tue|wed|thu|fri|sat|sun) ([0-9]{2}:[0-9]{2})")
WINDOW = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
INTERVAL = re.compile(r"([1-9][0-9]{0,2})([hd])")
"""Between two fetches of a list."""
SPAN = re.compile(r"(?:([0-9]{1,4})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?")
"""The empty text matches, and is none."""
COUNTRY = re.compile(r"[A-Z]{2}")
PROFILE_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*")
LIST_URL = re.compile(r"https://[^\s/?#@]+\.[^\s/?#@]+(/\S*)?")
LIST_FILE = re.compile(r"[^\s/\\.][^/\\\x00-\x1f]*")
MAC = re.compile(r"[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})")
