"""Which division lies in which: codes of six digits, two for the province, two for the city.

Source: GB/T 2260.
"""


def around(region: str | None) -> tuple[str | None, ...]:
    """Return a division and those that it lies in, from within: county, city, province, None.

    None is the whole country.
    """
    if region is None:
        return (None,)
    return tuple(dict.fromkeys((region, f"{region[:4]}00", f"{region[:2]}0000", None)))


def covers(outer: str | None, inner: str | None) -> bool:
    """Whether the division *inner* is *outer* or lies in it."""
    return outer in around(inner)
