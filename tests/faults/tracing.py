"""Run a program and, once asked, write down what it syncs, receives and answers, in order.

    python tracing.py OUT COMMAND…

As soon as OUT.go exists, every thread of the command is traced (ptrace(2), which
needs no tool to be installed; Linux 5.3 or newer on x86_64 or aarch64), and
OUT gets a JSON line for

* each write to a database's WAL, when it is done;
* each fsync and fdatasync, when it is done, with the file and the result;
* each read that begins with a request line, when it is done;
* each write that begins with a status line, *before* it is made.

A thread stays stopped until its line is written, so whatever it causes comes
later in OUT: a reply that waits for a sync stands behind it.
"""

import ctypes
import json
import os
import platform
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

SEIZE, INTERRUPT, LISTEN, RESUME, SYSCALL_INFO = 0x4206, 0x4207, 0x4208, 24, 0x420E
OPTIONS = 0x1 | 0x2 | 0x4 | 0x8 | 0x100000  # SYSGOOD, FORK, VFORK, CLONE, EXITKILL
ALL_THREADS = 0x40000000  # __WALL
SYSCALL_STOP, EVENT_STOP = signal.SIGTRAP | 0x80, 128
ENTRY, EXIT = 1, 2
HEAD = 24  # bytes of a message that are looked at

_NUMBERS = {  # of Linux, by machine
    "x86_64": (0, 45, 18, 74, 75, 1, 44, 20, 46),
    "aarch64": (63, 207, 68, 82, 83, 64, 206, 66, 211),
}
_NAMES = (
    "read",
    "recvfrom",
    "pwrite64",
    "fsync",
    "fdatasync",
    "write",
    "sendto",
    "writev",
    "sendmsg",
)
READS, SYNCS = ("read", "recvfrom"), ("fsync", "fdatasync")

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.restype = ctypes.c_long
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def traceable() -> bool:
    """Whether this machine's calls are known; whether it allows tracing shows in OUT."""
    return sys.platform == "linux" and platform.machine() in _NUMBERS


def ptrace(request: int, tid: int, address: int = 0, data: int = 0) -> int:
    result = int(_libc.ptrace(request, tid, address, data))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


class Tracer:
    """Follows every thread of one process."""

    def __init__(self, pid: int, out: TextIO) -> None:
        self._pid, self._out = pid, out
        self._calls = dict(zip(_NUMBERS[platform.machine()], _NAMES, strict=True))
        self._entered: dict[int, tuple[str, tuple[int, ...], str]] = {}
        self._memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)

    def attach(self) -> None:
        """Seize every thread there is; those made later are followed by the kernel."""
        seized: set[int] = set()
        while more := {int(tid) for tid in os.listdir(f"/proc/{self._pid}/task")} - seized:
            for tid in more:
                self._seize(tid, first=not seized)
                seized.add(tid)

    def _seize(self, tid: int, first: bool) -> None:
        try:
            ptrace(SEIZE, tid, 0, OPTIONS)
            ptrace(INTERRUPT, tid)
        except PermissionError:
            if first:
                raise  # a later one was made by a seized thread: it is followed already

    def run(self) -> None:
        """Follow until the process ends."""
        while True:
            try:
                tid, status = os.waitpid(-1, ALL_THREADS)
            except ChildProcessError:
                return
            if not os.WIFSTOPPED(status):
                self._entered.pop(tid, None)
                if tid == self._pid:
                    return
                continue
            try:
                self._go_on(tid, os.WSTOPSIG(status), status >> 16)
            except ProcessLookupError:
                continue  # killed while it was stopped

    def _go_on(self, tid: int, stop: int, event: int) -> None:
        if stop == SYSCALL_STOP:
            self._look(tid)
            ptrace(RESUME, tid)
        elif event == EVENT_STOP and stop != signal.SIGTRAP:
            ptrace(LISTEN, tid)  # the whole process is stopped
        elif event:
            ptrace(RESUME, tid)
        else:
            ptrace(RESUME, tid, 0, stop)

    def _look(self, tid: int) -> None:
        info = ctypes.create_string_buffer(88)
        ptrace(SYSCALL_INFO, tid, len(info), ctypes.addressof(info))
        operation = info.raw[0]
        if operation == ENTRY:
            number, *args = struct.unpack_from("7Q", info.raw, 24)
            name = self._calls.get(number)
            if name is not None:
                self._enter(tid, name, tuple(args))
        elif operation == EXIT and tid in self._entered:
            [result] = struct.unpack_from("q", info.raw, 24)
            self._leave(result, *self._entered.pop(tid))

    def _enter(self, tid: int, name: str, args: tuple[int, ...]) -> None:
        if name in READS or name in SYNCS or name == "pwrite64":
            self._entered[tid] = (name, args, self._file(args[0]))
            return
        head = self._head(name, args)
        if head.startswith(b"HTTP/1."):
            self._say(name, text=head.partition(b"\r\n")[0].decode("latin-1"))

    def _leave(self, result: int, name: str, args: tuple[int, ...], file: str) -> None:
        if name in SYNCS or (name == "pwrite64" and file.endswith("-wal")):
            self._say(name, file=file, result=result)
        elif name in READS and result > 0:
            head = self._bytes(args[1], min(result, HEAD))
            if head.startswith((b"POST ", b"GET ")):
                self._say(name, text=head.decode("latin-1"))

    def _head(self, name: str, args: tuple[int, ...]) -> bytes:
        """The first bytes that a call sends."""
        start, length = args[1], args[2]
        if name == "sendmsg":
            start = struct.unpack("Q", self._bytes(args[1] + 16, 8))[0]
        if name in ("writev", "sendmsg"):
            start, length = struct.unpack("2Q", self._bytes(start, 16))
        return self._bytes(start, min(length, HEAD))

    def _bytes(self, address: int, length: int) -> bytes:
        try:
            return os.pread(self._memory, length, address)
        except OSError:
            return b""

    def _file(self, descriptor: int) -> str:
        try:
            return os.readlink(f"/proc/{self._pid}/fd/{descriptor}")
        except OSError:
            return ""

    def _say(self, call: str, **what: object) -> None:
        self._out.write(json.dumps({"call": call, **what}) + "\n")
        self._out.flush()


def main(out: str, *command: str) -> None:
    process = subprocess.Popen(command)
    while not Path(f"{out}.go").exists():
        if process.poll() is not None:
            sys.exit(process.returncode)
        time.sleep(0.02)
    with Path(out).open("w") as lines:
        try:
            tracer = Tracer(process.pid, lines)
            tracer.attach()
        except OSError as error:
            lines.write(json.dumps({"call": "refused", "text": str(error)}) + "\n")
            lines.flush()
            sys.exit(process.wait())
        lines.write(json.dumps({"call": "attached"}) + "\n")
        lines.flush()
        tracer.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
