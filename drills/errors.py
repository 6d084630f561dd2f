"""What ends a drill."""


class DrillError(Exception):
    """The drill cannot be made, or it showed what must not be.

    Args:
        en, zh: what is wrong and what to do.
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{en}\n{zh}")
        self.en, self.zh = en, zh
