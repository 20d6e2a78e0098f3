"""Tasks: sequence problems made by rule, each with the loss that needs no memory."""

from rnnbook.tasks.adding import Adding
from rnnbook.tasks.base import Batch, BinaryTask, Classification, Task
from rnnbook.tasks.cartpole import CartPole
from rnnbook.tasks.copying import CopyMemory
from rnnbook.tasks.cue import Cue
from rnnbook.tasks.echo import DelayedEcho
from rnnbook.tasks.first_sign import FirstSign
from rnnbook.tasks.marked import MarkedBit
from rnnbook.tasks.memory_keys import MemoryKeys
from rnnbook.tasks.order import TemporalOrder
from rnnbook.tasks.parity import RunningParity
from rnnbook.tasks.signs import ThreeSigns

TASKS: tuple[type[Task], ...] = (
    Cue,
    ThreeSigns,
    MarkedBit,
    FirstSign,
    MemoryKeys,
    Adding,
    CopyMemory,
    TemporalOrder,
    DelayedEcho,
    RunningParity,
)

__all__ = [
    "TASKS",
    "Adding",
    "Batch",
    "BinaryTask",
    "CartPole",
    "Classification",
    "CopyMemory",
    "Cue",
    "DelayedEcho",
    "FirstSign",
    "MarkedBit",
    "MemoryKeys",
    "RunningParity",
    "Task",
    "TemporalOrder",
    "ThreeSigns",
]
