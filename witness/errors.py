"""Why a witness does not cosign, each with the status that the protocol gives it.

Every error says what is wrong and what to do in English and in Chinese.

Source: C2SP tlog-witness.
"""


class WitnessError(Exception):
    """Base of what this package raises; by itself: the witness cannot work.

    Args:
        en: what is wrong and what to do, in English.
        zh: the same in Chinese.
    """

    status = 503

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh


class BadRequest(WitnessError):
    """The request breaks its format, or its old size exceeds the checkpoint's."""

    status = 400


class Unsigned(WitnessError):
    """No trusted key of the origin signed, or a line of one does not verify."""

    status = 403


class UnknownLog(WitnessError):
    """The origin is none of the known logs'."""

    status = 404


class Stale(WitnessError):
    """The old size is not that of the checkpoint cosigned last.

    Args:
        size: what was cosigned last, 0 for nothing.
    """

    status = 409

    def __init__(self, size: int) -> None:
        super().__init__(
            f"the checkpoint cosigned last has {size} entries: prove from there",
            f"最近联署的检查点有 {size} 条记录：请从该处给出证明",
        )
        self.size = size


class Inconsistent(WitnessError):
    """What the log signed does not follow from what was cosigned, or is not shown to."""

    status = 422
