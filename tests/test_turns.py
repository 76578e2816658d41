"""Turns at the language model: bounded, fair between clients, never lost."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from answer.turns import Turns
from errors import ModelFaultError
from tests.conftest import Make
from tests.scripted_model import says, says_then_waits, serve

FAR = 60.0


def test_clients_take_turns_and_a_client_s_own_questions_keep_their_order() -> None:
    turns, served = Turns(1), list[str]()
    threads = []

    def work(client: str, name: str) -> None:
        with turns.turn(client, time.monotonic() + FAR):
            served.append(name)

    with turns.turn("first", time.monotonic() + FAR):
        for client, name in (("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("c", "c1")):
            thread = threading.Thread(target=work, args=(client, name))
            thread.start()
            threads.append(thread)
            while turns.num_waiting < len(threads):
                assert thread.is_alive()
    for thread in threads:
        thread.join()
    assert served == ["a1", "b1", "c1", "a2", "a3"]


def test_who_cannot_be_served_in_time_is_told_and_leaves() -> None:
    turns = Turns(1)
    with turns.turn("a", time.monotonic() + FAR):
        with pytest.raises(ModelFaultError, match="no turn in time") as caught:
            turns.turn("b", time.monotonic() + 0.01).__enter__()
        assert "排队超时" in caught.value.user_message
        assert turns.num_waiting == 0
    with turns.turn("b", time.monotonic() + FAR):
        assert turns.num_waiting == 0


def test_who_gives_up_does_not_cost_the_client_its_place() -> None:
    turns, served = Turns(1), list[str]()

    def work(client: str, name: str, wait_s: float) -> None:
        try:
            with turns.turn(client, time.monotonic() + wait_s):
                served.append(name)
        except ModelFaultError:
            served.append(f"{name} gave up")

    with turns.turn("first", time.monotonic() + FAR):
        rows = (("a", "a1", 0.5), ("a", "a2", FAR), ("b", "b1", FAR))
        threads = [threading.Thread(target=work, args=row) for row in rows]
        for num_waiting, thread in enumerate(threads, 1):
            thread.start()
            while turns.num_waiting < num_waiting:
                assert thread.is_alive()
        threads[0].join()
    for thread in threads:
        thread.join()
    assert served == ["a1 gave up", "a2", "b1"]


def test_a_turn_comes_back_whatever_happens_in_it() -> None:
    turns = Turns(1)
    with pytest.raises(KeyError), turns.turn("a", time.monotonic() + FAR):
        raise KeyError
    with turns.turn("b", time.monotonic() + FAR):
        assert turns.num_waiting == 0
    with pytest.raises(ValueError, match="at_once"):
        Turns(0)


def test_the_model_is_asked_as_often_at_once_as_is_allowed(make: Make) -> None:
    lock, pair = threading.Lock(), threading.Barrier(2, timeout=30)  # breaks unless two are there
    busy, most = 0, 0

    def play(handler: Any) -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        pair.wait()
        with lock:
            busy -= 1
        says("您可以在产品里直接申请注销账户[1]。")(handler)

    with serve(play) as model:
        assistant = make(model.base_url, at_once=2)
        with ThreadPoolExecutor(6) as pool:
            clients = ("a", "a", "a", "b", "b", "c")
            answers = list(pool.map(lambda client: assistant.ask("怎么注销账户", client=client), clients))
    assert {answer.mode for answer in answers} == {"model"}
    assert most == 2


def test_the_policy_is_quoted_to_who_waits_too_long_for_the_model(make: Make) -> None:
    with serve(says_then_waits("您可以在产品里直接申请注销账户[1]。账号", "注销后不能恢复[1]。")) as model:
        assistant = make(model.base_url, timeout_s=4.0, at_once=1)
        events = assistant.events("怎么注销账户", client="a")
        next(events)  # the first sentence is there, and the model still writes
        answer = assistant.ask("怎么注销账户")
        assert answer.mode == "extractive"
        assert answer.text.startswith("模型正忙，排队超时")
        assert len(model.asked) == 1
        model.released.set()
        for _ in events:
            pass
