"""The shop that the tests of the timetable watch is watched here, too."""

from tests.schedule.conftest import shop

__all__ = ["shop"]
