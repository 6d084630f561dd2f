"""A real time-stamp authority on loopback: ``openssl ts`` behind an HTTP server."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_EXTENSIONS = """
[req]
distinguished_name=dn
[dn]
[ca]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign
[tsa]
extendedKeyUsage=critical,timeStamping
keyUsage=critical,digitalSignature
"""
_TS = """
[tsa]
default_tsa=one
[one]
serial={folder}/serial
crypto_device=builtin
signer_cert={folder}/tsa.pem
signer_key={folder}/tsa.key
signer_digest=sha256
default_policy=1.2.3.4.1
digests=sha256
ess_cert_id_alg=sha256
"""


class Authority:
    """An authority whose certificate ends in its own root.

    Args:
        folder: where its keys and certificates are made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "ca.pem"
        self.asked = 0
        self.broken: str | None = None  # "silent", "error", "garbage": how it fails now
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "openssl.cnf").write_text(_EXTENSIONS)
        (folder / "ts.cnf").write_text(_TS.format(folder=folder))
        (folder / "serial").write_text("01\n")
        for name in ("ca", "tsa"):
            self._run("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
        self._run(
            "req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=Test root", "-days", "2",
            "-config", "openssl.cnf", "-extensions", "ca", "-out", "ca.pem",
        )  # fmt: skip
        self._run(
            "req", "-new", "-key", "tsa.key", "-subj", "/CN=Test authority", "-config",
            "openssl.cnf", "-out", "tsa.csr",
        )  # fmt: skip
        self._run(
            "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "openssl.cnf", "-extensions", "tsa",
            "-out", "tsa.pem",
        )  # fmt: skip

    def stamp(self, query: bytes) -> bytes:
        """Return the answer to a query, DER."""
        self.asked += 1
        (self.folder / "query").write_bytes(query)
        self._run("ts", "-reply", "-config", "ts.cnf", "-queryfile", "query", "-out", "answer")
        return (self.folder / "answer").read_bytes()

    def accepts(self, token: bytes, data: bytes) -> bool:
        """Whether ``openssl ts -verify`` accepts a token of *data*."""
        (self.folder / "token").write_bytes(token)
        (self.folder / "data").write_bytes(data)
        command = ["ts", "-verify", "-data", "data", "-in", "token", "-CAfile", "ca.pem"]
        found = subprocess.run(
            ["openssl", *command], cwd=self.folder, capture_output=True, check=False
        )
        return found.returncode == 0

    def _run(self, *command: str) -> None:
        subprocess.run(["openssl", *command], cwd=self.folder, capture_output=True, check=True)


@contextmanager
def served(authority: Authority) -> Iterator[str]:
    """Serve it on loopback; yield its address."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if authority.broken == "silent":
                return
            if authority.broken == "error":
                self.send_error(503)
                return
            with lock:
                answer = b"x" * 100 if authority.broken else authority.stamp(query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
