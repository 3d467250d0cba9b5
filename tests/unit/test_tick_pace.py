"""Live pages share the ticks out among themselves."""

from ui.tick_pace import FASTEST_SECONDS, FORGOTTEN_AFTER_SECONDS, TICKS_PER_SECOND, Pace, is_off


def test_a_lone_viewer_goes_at_the_fastest_pace() -> None:
    assert Pace(lambda: 0.0).seconds_between_ticks("one") == FASTEST_SECONDS


def test_many_viewers_share_the_ticks() -> None:
    pace = Pace(lambda: 0.0)
    intervals = [pace.seconds_between_ticks(f"page {number}") for number in range(60)]
    assert intervals[-1] == 60 / TICKS_PER_SECOND
    assert intervals == sorted(intervals)
    assert pace.seconds_between_ticks("page 0") == intervals[-1]  # one that is known is no new one


def test_who_has_left_is_forgotten() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    for number in range(60):
        pace.seconds_between_ticks(f"page {number}")
    now = FORGOTTEN_AFTER_SECONDS + 1
    assert pace.seconds_between_ticks("page 0") == FASTEST_SECONDS


def test_a_pace_that_is_nearly_right_is_kept() -> None:
    assert not is_off(0.2, 0.25)
    assert is_off(0.2, 1.0)
    assert is_off(1.0, 0.2)
