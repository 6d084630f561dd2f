"""The closed list of what verifying can find wrong; nothing else leaves this package.

Each error says what is wrong in English and in Chinese, and where: ``pointer``
is a JSON pointer (RFC 6901) into what was read, or empty. The classes are the
kinds on which a caller acts differently: bytes that break a format, bytes that
are well formed and false, keys that nobody vouched for, and proof that is
missing.
"""


class CryptoError(Exception):
    """Base of every error that this package raises.

    Args:
        en: what is wrong and what to do, in English.
        zh: the same in Chinese.
        pointer: JSON pointer to the member at fault, or "" for the whole.
    """

    def __init__(self, en: str, zh: str, pointer: str = "") -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh
        self.pointer = pointer

    def __reduce__(self) -> tuple[type["CryptoError"], tuple[str, str, str]]:
        """Errors cross process borders in checks made by a pool."""
        return type(self), (self.en, self.zh, self.pointer)


class Malformed(CryptoError):
    """The bytes break their format; nothing was believed of them."""


class TooLarge(CryptoError):
    """Longer than the format allows; it was not parsed."""


class WeakKey(CryptoError):
    """A public key under which signatures prove nothing (spec 2)."""


class BadSignature(CryptoError):
    """A signature by a known key does not verify."""


class Mismatch(CryptoError):
    """Well formed, and proves something else: another root, digest or chain."""


class Untrusted(CryptoError):
    """Not signed by any key that the verifier trusts."""


class Incomplete(CryptoError):
    """Something that is needed is missing, such as a quorum of witnesses."""
