from datetime import datetime

import pytest

from opening_hours import Week, parse

WEEK = Week({"mon": ["09:00-12:30", "14:00-18:00"], "fri": ["20:00-02:00"]})


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-16 09:00", True),
        ("2026-11-16 12:30", False),
        ("2026-11-17 10:00", False),
        ("2026-11-20 23:15", True),
    ],
)
def test_is_open(when: str, is_open: bool) -> None:
    assert WEEK.is_open(datetime.fromisoformat(when)) is is_open


def test_days_without_hours_are_closed() -> None:
    assert WEEK.closed_days() == ["tue", "wed", "thu", "sat", "sun"]


def test_refuses_what_are_no_hours() -> None:
    with pytest.raises(ValueError, match="no hours"):
        parse("nine to five")
