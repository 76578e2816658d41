"""How often a client may do something."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from web.access import Limiter, client_of


def test_a_client_may_take_again_after_the_seconds_it_was_told() -> None:
    limiter = Limiter(2, window_s=1)
    assert [limiter.take("a") for _ in range(2)] == [None, None]
    wait_s = limiter.take("a")
    assert wait_s is not None
    assert 0 < wait_s <= 1
    time.sleep(wait_s + 0.01)
    assert limiter.take("a") is None


def test_looking_at_the_wait_counts_nothing_and_forgetting_begins_anew() -> None:
    limiter = Limiter(1)
    assert [limiter.wait_s("a") for _ in range(3)] == [None] * 3
    assert limiter.take("a") is None
    assert limiter.wait_s("a") == pytest.approx(60, abs=5)
    assert limiter.wait_s("b") is None
    limiter.forget("a")
    limiter.forget("nobody")
    assert limiter.take("a") is None


def test_a_refused_take_does_not_make_the_wait_longer() -> None:
    limiter = Limiter(1)
    limiter.take("a")
    waits = [limiter.take("a") or 0.0 for _ in range(50)]
    assert waits == sorted(waits, reverse=True)


def test_takes_at_once_are_no_more_than_allowed() -> None:
    limiter = Limiter(20)
    with ThreadPoolExecutor(16) as threads:
        taken = list(threads.map(lambda _: limiter.take("a"), range(200)))
    assert taken.count(None) == 20


def test_the_longest_idle_of_too_many_clients_is_forgotten() -> None:
    limiter = Limiter(1, max_clients=3)
    for client in "abc":
        limiter.take(client)
    assert limiter.take("d") is None
    assert len(limiter) == 3
    assert limiter.wait_s("a") is None
    assert limiter.wait_s("b") is not None


def test_idle_clients_are_forgotten_when_their_window_is_over() -> None:
    limiter = Limiter(5, window_s=1)
    for number in range(50):
        limiter.take(f"client {number}")
    time.sleep(1.1)
    limiter.take("new")
    assert len(limiter) == 1


@pytest.mark.parametrize("numbers", [(0, 60, 1), (1, 0, 1), (1, 60, 0)])
def test_a_limit_below_one_is_a_mistake(numbers: tuple[int, int, int]) -> None:
    per_minute, window_s, max_clients = numbers
    with pytest.raises(ValueError, match="at least 1"):
        Limiter(per_minute, window_s=window_s, max_clients=max_clients)


def test_the_name_of_an_address_is_never_long() -> None:
    assert len(client_of("x" * 5000)) == 80
