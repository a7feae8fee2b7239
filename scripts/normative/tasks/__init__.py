"""What networks learn to tell of a grating, by the names of the configuration."""

from normative.tasks.orientation import ORIENTATION
from normative.tasks.tilt import TILT

TASKS = {"tilt": TILT, "orientation": ORIENTATION}
