from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.adapters.waker import DatagramListener, DatagramWaker, socket_path


@pytest.fixture
def waker(tmp_path: Path) -> Iterator[DatagramWaker]:
    with closing(DatagramWaker(tmp_path)) as made:
        yield made


def test_a_call_reaches_the_listener(tmp_path: Path, waker: DatagramWaker) -> None:
    listener = DatagramListener(tmp_path)
    waker.wake()
    assert listener.wait(2.0)
    listener.close()


def test_many_calls_count_as_one(tmp_path: Path, waker: DatagramWaker) -> None:
    listener = DatagramListener(tmp_path)
    for _ in range(5):
        waker.wake()
    assert (listener.wait(2.0), listener.wait(0.01)) == (True, False)
    listener.close()


def test_calling_nobody_is_harmless(tmp_path: Path, waker: DatagramWaker) -> None:
    waker.wake()
    assert not socket_path(tmp_path).exists()


def test_a_listener_takes_over_the_socket_of_a_crashed_one(tmp_path: Path, waker: DatagramWaker) -> None:
    crashed = DatagramListener(tmp_path)
    again = DatagramListener(tmp_path)
    waker.wake()
    assert again.wait(2.0)
    crashed.close()
    again.close()


def test_a_long_data_directory_still_gets_a_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    listener = DatagramListener(folder)
    with closing(DatagramWaker(folder)) as waker:
        waker.wake()
    assert listener.wait(2.0)
    listener.close()
