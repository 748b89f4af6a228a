"""Hours of one day, such as `09:00-12:30`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PATTERN = re.compile(r"([0-2]\d):([0-5]\d)-([0-2]\d):([0-5]\d)")


@dataclass(frozen=True)
class Hours:
    """From `opens` until before `closes`, in minutes since midnight."""

    opens: int
    closes: int

    def contains(self, minute: int) -> bool:
        if self.closes < self.opens:  # past midnight
            return minute >= self.opens or minute < self.closes
        return self.opens <= minute < self.closes


def parse(text: str) -> Hours:
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} are no hours: write them like 09:00-12:30")
    first_hour, first_minute, last_hour, last_minute = (int(group) for group in match.groups())
    if first_hour > 24 or last_hour > 24:
        raise ValueError(f"{text!r}: a day has 24 hours")
    return Hours(first_hour * 60 + first_minute, last_hour * 60 + last_minute)
