"""What an article is called: ``809:25`` is 第二十五条 of decree 809."""

_DIGITS = "一二三四五六七八九"


def article_name(number: int) -> str:
    """Return the name of an article below 100, as statutes write it."""
    tens, ones = divmod(number, 10)
    before = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens - 1] + "十"
    return f"第{before}{_DIGITS[ones - 1] if ones else ''}条"
