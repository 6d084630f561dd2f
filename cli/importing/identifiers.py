"""Turn a log's own names into ids, so that each id leads back to one name.

The scheme ``words``, for names in words, is a bijection between texts and what it
writes:

* a letter that begins a word is taken to be a capital, any other to be small; it
  is written small, and a letter of the other case has ``_`` before it;
* digits stay; a space is ``-``; every other character is the bytes of its UTF-8,
  each ``.`` and two hex digits.

So ``Group 1`` is ``group-1``, ``TEST`` is ``t_e_s_t`` and ``test`` is ``_test``:
three names that never meet. The scheme ``id`` keeps what is an id already. A
mapping may name single values itself; that two names of one field end at the same
id is then possible, and is an error.

Source: spec, notation (*id*, *department id*).
"""

import re
from collections.abc import Callable, Mapping

from crypto.errors import Malformed

_TOKEN = re.compile(rb"-|_?[a-z]|[0-9]|\.[0-9a-f]{2}")

Check = Callable[[object, str], str]


def encode_words(text: str) -> str:
    """Return *text* in the scheme ``words``; it may be longer than an id can be."""
    written: list[str] = []
    begins = True
    for character in text:
        if character == " ":
            written.append("-")
        elif character.isascii() and character.isalpha():
            usual = character.isupper() == begins
            written.append(("" if usual else "_") + character.lower())
        elif character.isascii() and character.isdigit():
            written.append(character)
        else:
            written.extend(f".{byte:02x}" for byte in character.encode())
        begins = character == " "
    return "".join(written)


def decode_words(written: str) -> str:
    """Return the text that :func:`encode_words` wrote as *written*.

    Raises:
        Malformed: it wrote no such thing.
    """
    raw = written.encode("ascii", "replace")
    tokens = _TOKEN.findall(raw)
    text = bytearray()
    begins = True
    for token in tokens:
        text += _decoded(token, begins)
        begins = token == b"-"
    found = text.decode("utf-8", "replace")
    if b"".join(tokens) != raw or encode_words(found) != written:
        raise Malformed(f"{written!r} names no words", f"{written!r} 不是由词语写成的标识")
    return found


def _decoded(token: bytes, begins: bool) -> bytes:
    if token == b"-":
        return b" "
    if token.startswith(b"."):
        return bytes.fromhex(token[1:].decode())
    flipped = token.startswith(b"_")
    return token[-1:].upper() if begins != flipped else token[-1:]


class Translator:
    """The ids of one field's values, one to one.

    Args:
        words: whether the scheme is ``words``; else a value is an id already.
        named: ids that the mapping itself gives to single values.
        check: raises Malformed for what cannot stand in the field's place.
    """

    def __init__(self, words: bool, named: Mapping[str, str], check: Check) -> None:
        self._words = words
        self._named = named
        self._check = check
        self._ids: dict[str, str] = {}
        self._sources: dict[str, str] = {}

    @property
    def sources(self) -> Mapping[str, str]:
        """The source's value of each id given so far."""
        return self._sources

    def id_of(self, value: str) -> str:
        """Return the id of *value*, the same one every time.

        Raises:
            Malformed: it has none, or another value has it.
        """
        known = self._ids.get(value)
        if known is not None:
            return known
        found = self._made(value)
        if found in self._sources:
            raise Malformed(
                f"{value!r} and {self._sources[found]!r} both become the id {found}: "
                "name one of them in the field's values",
                f"{value!r} 与 {self._sources[found]!r} 都会成为标识 {found}："
                "请在该字段的 values 中为其一指定标识",
            )
        self._ids[value], self._sources[found] = found, value
        return found

    def _made(self, value: str) -> str:
        if value in self._named:
            return self._named[value]
        found = encode_words(value) if self._words else value
        try:
            self._check(found, repr(value) if found == value else f"{value!r}, as {found!r},")
        except Malformed as error:
            raise Malformed(
                f"{error.en}; the field's values may name it",
                f"{error.zh}；可在该字段的 values 中为其指定标识",
            ) from None
        return found
