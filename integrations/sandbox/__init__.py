"""What the stand-ins of the outside systems share: memory, faults on demand, counters, a control path.

A stand-in is a set of Django views. Its data lives in ``Memory`` tables; ``Memory.save_to`` keeps them in one JSON
file, so that a demo can be stopped and started again. ``FaultMiddleware`` plays the faults that a test asked for
at ``/_sandbox/faults`` and counts every call.

A stand-in imports from here, never from the files of this package.
"""

from .control import Control, control_view, only, urlpatterns
from .fault_playing import Answer, FaultMiddleware, error_wording, more_faults
from .indexed_memory import IndexedMemory
from .memory import Memory, Row
from .planned_faults import Fault, call_words, faults
from .vat_rates import EU_RATES

__all__ = [
    "EU_RATES",
    "Answer",
    "Control",
    "Fault",
    "FaultMiddleware",
    "IndexedMemory",
    "Memory",
    "Row",
    "call_words",
    "control_view",
    "error_wording",
    "faults",
    "more_faults",
    "only",
    "urlpatterns",
]
