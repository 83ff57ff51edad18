"""Property tests say nothing about the machine: on a busy one, examples are made and tried slowly."""

from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
