"""A bounded load on loopback: every client thread runs the same scenario over its own kept-alive connection."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Figures:
    """One run: operations per second, latencies in ms, CPU ms of the servers per operation, failures."""

    clients: int
    operations: int
    per_second: float
    p50: float
    p95: float
    cpu: float
    failures: int


def run(
    scenario: Callable[[int, int], object],
    clients: int,
    operations: int,
    servers: Sequence[psutil.Process],
    seconds: float = 60.0,
) -> Figures:
    """Run `scenario(client, n)` `operations` times in all, spread over the clients; exceptions count as failures.

    Nothing new is begun after `seconds`.
    """
    counter = iter(range(operations))
    lock = threading.Lock()
    taken: list[float] = []
    failures: list[str] = []

    def work(client: int) -> None:
        while True:
            with lock:
                n = next(counter, None) if time.perf_counter() - start < seconds else None
            if n is None:
                return
            begun = time.perf_counter()
            try:
                scenario(client, n)
            except Exception as error:
                failures.append(repr(error))
            taken.append((time.perf_counter() - begun) * 1000)

    before, start = cpu_seconds(servers), time.perf_counter()
    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - start
    spent = (cpu_seconds(servers) - before) * 1000 / len(taken)
    for failure in failures[:3]:
        print("  失败：", failure[:300])
    cuts = statistics.quantiles(taken, n=20) if len(taken) > 1 else [taken[0]] * 19
    return Figures(clients, len(taken), len(taken) / elapsed, statistics.median(taken), cuts[18], spent, len(failures))


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """User and system time of the processes so far."""
    return sum(sum(process.cpu_times()[:2]) for process in processes if process.is_running())


def memory_mb(processes: Sequence[psutil.Process]) -> float:
    """Proportional set size of the processes in MB: shared pages are counted once."""
    return float(sum(process.memory_full_info().pss for process in processes if process.is_running())) / 1e6
