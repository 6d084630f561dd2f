"""The frame of a page to print: title, style, and text that is nothing but text.

Nothing is loaded but our own style sheet, where a server gives it.
"""

import html
from collections.abc import Iterable


def printed_page(title: str, body: Iterable[str], style: str, stylesheet: str | None) -> bytes:
    """Return a whole page; *title* is text, *body* lines of HTML.

    Args:
        style: what the page brings along where there is no server.
        stylesheet: address of a style sheet that stands in its place; None: there is none.
    """
    sheet = (
        f"<style>{style}</style>"
        if stylesheet is None
        else f'<link rel="stylesheet" href="{html.escape(stylesheet)}">'
    )
    head = (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n{sheet}\n</head>\n<body>\n<main>\n"
        f"<h1>{html.escape(title)}</h1>\n"
    )
    return (head + "\n".join(body) + "\n</main>\n</body>\n</html>\n").encode()
