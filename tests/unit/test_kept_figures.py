"""Figures that are costly to count are counted seldom, and never waited for longer than once."""

import threading
import time

from archive.metrics import Kept


def test_the_first_value_is_waited_for_and_then_kept():
    made = []
    kept = Kept(lambda: made.append(1) or len(made), least_age_seconds=60)
    assert [kept.get()[0] for _ in range(5)] == [1] * 5
    assert len(made) == 1


def test_an_older_value_is_given_while_a_newer_one_is_made():
    goes_on, made = threading.Event(), []

    def make():
        made.append(1)
        if len(made) > 1:
            goes_on.wait(10)
        return len(made)

    kept = Kept(make, least_age_seconds=0.0)
    assert kept.get()[0] == 1
    time.sleep(0.1)
    began = time.monotonic()
    assert [kept.get()[0] for _ in range(3)] == [1, 1, 1]
    assert time.monotonic() - began < 1
    assert len(made) == 2
    goes_on.set()
    while kept.get()[0] == 1:
        time.sleep(0.01)


def test_a_count_that_takes_too_long_at_first_is_no_value_yet():
    goes_on = threading.Event()
    kept = Kept(lambda: goes_on.wait(10) and 7)
    assert kept.get(patience_seconds=0.05) == (None, 0.0)
    goes_on.set()
    assert kept.get(patience_seconds=5)[0] == 7


def test_what_takes_long_is_made_for_a_twentieth_of_the_time_at_most():
    made = []

    def make():
        made.append(1)
        time.sleep(0.1)
        return 1

    kept = Kept(make, least_age_seconds=0.0)
    kept.get()
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        kept.get()
    assert len(made) == 1


def test_its_age_is_told():
    kept = Kept(lambda: 1, least_age_seconds=60)
    kept.get()
    time.sleep(0.2)
    assert 0.2 <= kept.get()[1] < 5
