"""DataLoader without worker processes, for the tiers that protect.

Workers hand over batches and locks in /dev/shm, one place for the whole machine, which must stay closed to learners
where it cannot be a private one. And they hand over open files through sockets, of which the kernel counts those of all
sessions together (one user): another learner could use them up. An answer that asks for workers is right all the same:
it gets the same batches, from its own process.
"""

import functools
import inspect
import sys
from typing import Any

_IN_ONE_PROCESS = {
    "num_workers": 0,
    "timeout": 0,
    "multiprocessing_context": None,
    "prefetch_factor": None,
    "persistent_workers": False,
}


def keep_loading_in_one_process() -> None:
    """From here on every DataLoader loads in its own process, whatever number of workers it is asked for."""
    torch_data = sys.modules.get("torch.utils.data")
    if torch_data is None:
        return
    loader: Any = torch_data.DataLoader
    original = loader.__init__
    signature = inspect.signature(original)

    @functools.wraps(original)
    def without_workers(*args: Any, **options: Any) -> None:
        bound = signature.bind(*args, **options)
        bound.arguments.update({name: value for name, value in _IN_ONE_PROCESS.items() if name in bound.arguments})
        original(*bound.args, **bound.kwargs)

    loader.__init__ = without_workers
