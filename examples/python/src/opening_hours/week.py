"""A week of opening hours."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from .hours import Hours, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Week:
    def __init__(self, hours: Mapping[str, Iterable[str]]) -> None:
        unknown = sorted(set(hours) - set(DAYS))
        if unknown:
            raise ValueError(f"no day of the week: {', '.join(unknown)}")
        self._hours: dict[str, list[Hours]] = {
            day: [parse(text) for text in hours.get(day, ())] for day in DAYS
        }

    def is_open(self, when: datetime) -> bool:
        day = DAYS[when.weekday()]
        minute = when.hour * 60 + when.minute
        return any(hours.contains(minute) for hours in self._hours[day])

    def closed_days(self) -> list[str]:
        days = []
        for day, hours in self._hours.items():
            if not hours:
                days.append(day)
        return days

    def __repr__(self) -> str:  # pragma: no cover
        return f"Week({self._hours!r})"
