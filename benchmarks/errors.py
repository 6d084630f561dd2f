"""What ends a benchmark that cannot be made."""


class BenchError(Exception):
    """A server did not answer, an answer was not the expected one, the disk is too small."""
