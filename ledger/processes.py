"""Worker processes end when the process that started them does, however that ended."""

import multiprocessing
import os
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
