"""The limit for single POSTs: an empty Flask service under the ledger's own server settings.

``python -m benchmarks.empty_server`` prints its port and answers until it is ended.
"""

import logging

from flask import Flask, Response, request

# The very call by which the product serves: were it written again here, its
# settings could differ, and the limit would be another server's.
from api.serving import answer, listen


def empty_app() -> Flask:
    """Return a service that reads each body and says ``{}``."""
    app = Flask("empty", static_folder=None)

    @app.post("/api/v1/statements")
    def take() -> Response:
        request.get_data(cache=False)
        return Response(b"{}", 201, content_type="application/json")

    return app


def main() -> None:
    """Serve until SIGTERM."""
    logging.getLogger("waitress").setLevel(logging.ERROR)
    with listen("127.0.0.1", 0) as listener:
        answer(empty_app(), listener, lambda port: print(port, flush=True))


if __name__ == "__main__":
    main()
