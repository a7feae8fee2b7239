"""Tasks that networks learn, by their names in the configuration."""

from normative.tasks.orientation import ORIENTATION
from normative.tasks.tilt import TILT

TASKS = {"tilt": TILT, "orientation": ORIENTATION}
