"""The effects process: owns the dispatcher, the renderer and the sealer. `python -m engine.worker.effects`."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from types import FrameType

from engine.adapters.waker import DatagramListener
from engine.bootstrap import Zhunyu, build
from engine.errors import ZhunyuError
from engine.settings import Settings, load
from engine.worker.dispatcher import Dispatcher
from engine.worker.preparation import prepare, up_to_date

READY = "effects ready"


def say(event: str, words: str) -> None:
    """One line of the log."""
    sys.stdout.write(json.dumps({"event": event, "words": words}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def prepared_apart(settings: Settings) -> bool:
    """Prepare the installation in a child of its own, whose memory for reading matters goes with it."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    code = 1
    try:
        prepare(build(settings), say)
        code = 0
    except ZhunyuError as error:
        say("not_started", str(error))
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def sweep(zhunyu: Zhunyu) -> int:
    """Count what was applied for, tell of what ends, pass on the tasks of people who are away, turn what is due for the
    archive into jobs; how many jobs."""
    zhunyu.popularity.roll_up()
    zhunyu.expiring.sweep()
    zhunyu.staffing.passing.settle()
    return zhunyu.archives.archiving.sweep()


def main() -> int:
    """Prepare the installation, then carry out effects until told to stop. 0, or 1 when it cannot start."""
    try:
        settings = load()
        zhunyu = build(settings)
        if not up_to_date(zhunyu):
            zhunyu.close()
            if not prepared_apart(settings):
                return 1
            zhunyu = build(settings)
        listener = DatagramListener(settings.data_dir)
        zhunyu.effects.take_over()
    except ZhunyuError as error:
        say("not_started", str(error))
        return 1
    dispatcher = Dispatcher(
        effects=zhunyu.effects, clock=zhunyu.clock, listener=listener, say=say,
        care=zhunyu.audit.integrity.step, seal_history=zhunyu.history.seal_pending,
        sweep=lambda: sweep(zhunyu),
    )  # fmt: skip

    def stop(_signal: int, _frame: FrameType | None) -> None:
        dispatcher.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
    dispatcher.run()
    listener.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
