"""Figures of a drill follow from what was seen."""

from drills.figures import Round, longest_silence, table_lines, time_without


def a_round(event: str, silent_s: float, lost: int = 0, forks: int = 0) -> Round:
    return Round(event, silent_s, 1.0, 1_000, 7, 12, lost, forks)


def test_the_longest_silence_lies_between_two_acknowledgements() -> None:
    assert longest_silence([1.0, 2.0, 9.0, 9.5], 1.5, 10.0) == 7.0


def test_silence_is_bound_by_its_beginning_and_its_end() -> None:
    assert longest_silence([5.0], 1.0, 6.0) == 4.0
    assert longest_silence([5.0], 4.0, 12.0) == 7.0
    assert longest_silence([0.5, 20.0], 1.0, 6.0) == 5.0  # none within


def test_time_without_counts_from_each_sample_to_the_next() -> None:
    samples = [(0.0, True), (1.0, True), (2.0, False), (3.0, False), (4.5, True), (6.0, False)]
    assert time_without(samples, 0.5, 7.0) == 2.5 + 1.0
    assert time_without(samples[:2], 0.5, 7.0) == 0.0


def test_the_table_has_least_middle_and_most_of_each_event() -> None:
    rounds = [a_round("killed", 20.0), a_round("switched", 3.0), a_round("killed", 30.0)]
    lines = table_lines([*rounds, a_round("killed", 22.0)])
    [killed] = [line for line in lines if line.startswith("killed, 3 times")]
    assert killed.split()[-3:] == ["20.0", "22.0", "30.0"]
    assert lines[-1] == "4 rounds, 4,000 statements acknowledged, lost 0, forks 0"


def test_what_was_lost_and_forked_is_summed() -> None:
    lines = table_lines([a_round("killed", 1.0, lost=2), a_round("killed", 1.0, lost=1, forks=4)])
    assert lines[-1].endswith("lost 3, forks 4")
