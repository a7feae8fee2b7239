"""Tasks that networks learn, by their names in the configuration."""

from normative.tasks.objects import Objects
from normative.tasks.orientation import Orientation
from normative.tasks.own import OwnTask
from normative.tasks.rotation import Rotation
from normative.tasks.tilt import Tilt
from normative.workflow.own_code import is_own

TASKS = {
    "tilt": Tilt(),
    "orientation": Orientation(),
    "rotation": Rotation(),
    "objects": Objects(),
}


def find_task(task):
    """Give a task: one of ours by its name, or a user's own by its reference.

    Raises
    ------
    UserError
        If a user's own cannot be had, or lacks a part.
    """
    return OwnTask(task) if is_own(task) else TASKS[task]
