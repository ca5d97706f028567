"""Numbers, sizes and times as the window writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kitdesk import text as texts

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (957, "957 B"),
        (1_000, "1.00 kB"),
        (5_610_000, "5.61 MB"),
        (88_400, "88.4 kB"),
        (494_000, "494 kB"),
        (999_499, "999 kB"),
        (999_600, "1.00 MB"),
        (9_996, "10.0 kB"),
        (1_060_000_000, "1.06 GB"),
        (None, "–"),
    ],
)
def test_sizes_have_three_digits(count: int | None, text: str) -> None:
    assert texts.size(count) == text


def test_minus_is_the_real_minus() -> None:
    assert texts.difference(-88) == "\u221288 B"
    assert texts.difference(1_350_000) == "+1.35 MB"
    assert texts.number(-1234) == "\u22121,234"


def test_a_pair_says_its_unit_once() -> None:
    assert texts.pair(3_920_000, 2_980_000) == "3.92 → 2.98 MB"
    assert texts.pair(1_120, 957) == "1.12 kB → 957 B"
    assert texts.pair(None, 957) == "957 B"


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(minutes=41), "41 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=8), "8 days ago"),
        (timedelta(days=22), "3 weeks ago"),
        (timedelta(days=66), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_ages(ago: timedelta, text: str) -> None:
    assert texts.age(NOW - ago, NOW) == text


def test_lists_are_cut_with_a_count() -> None:
    assert texts.listed(["a"]) == "a"
    assert texts.listed(["a", "b", "c"]) == "a, b and c"
    assert texts.listed(["a", "b", "c", "d", "e"]) == "a, b and 3 more"


def test_emphasis_escapes_markup() -> None:
    assert "<script>" not in texts.strong("<script>")


def test_time_left() -> None:
    assert texts.left(4) == "4 s left"
    assert texts.left(300) == "5 min left"
    assert texts.left(None) == ""


def test_a_time_to_come_is_said_to_be() -> None:
    assert texts.age(NOW + timedelta(days=3), NOW) == "in the future"
    assert texts.age(NOW + timedelta(seconds=5), NOW) == "just now", "clocks differ a little"
