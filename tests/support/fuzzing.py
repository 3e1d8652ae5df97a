"""How much Hypothesis tries: in the suite little and always the same, with FUZZ_EXAMPLES (`make fuzz`) more and every time new."""

import os

from hypothesis import HealthCheck, settings

SLOW = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large)
MANY = int(os.environ.get("FUZZ_EXAMPLES", "0"))


def register() -> None:
    """Before any test module is imported, as its decorators begin with the profile."""
    # A slow machine is no failure; an example that takes for ever meets the timeout of its test.
    settings.register_profile("suite", deadline=None, derandomize=not MANY, suppress_health_check=SLOW)
    settings.load_profile("suite")


def examples(number: int) -> settings:
    return settings(max_examples=max(number, MANY))
