"""Worker processes: they end when the process that started them does, however that ended.

And what every long-lived process here does about garbage: nearly all objects of
a batch die by their reference counts, so the collector is asked less often.
"""

import gc
import multiprocessing
import os
import signal
import threading


def end_with_parent() -> None:
    """Watch the parent from a thread of this worker, and end with it at once.

    A worker that a killed parent leaves behind would go on unseen.
    """
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(0)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


YOUNG_OBJECTS = 50_000  # containers made before the collector looks; Python's own is 700


def collect_seldom() -> None:
    """Leave what is loaded now out of every collection, and collect less often."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)


# Where processors are few, whoever takes in and answers goes before what is still to be
# checked: else the checkers run dry while the next batch waits to be read.
GIVE_WAY = 5


def begin_worker() -> None:
    """What a checking process does first.

    Ctrl-C reaches a whole group of processes; the one that has work to end tells the others.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    collect_seldom()
    os.nice(GIVE_WAY)
