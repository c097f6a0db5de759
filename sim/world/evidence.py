"""Evidence: which column of the risk points stands for which piece of it, and what each is called."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Evidence:
    """Which column of the risk points stands for which piece of evidence."""

    groups: tuple[str, ...]
    """Countries of the far end of a lane, `rest_of_world` last."""
    classes: tuple[str, ...]
    column: NDArray[np.int32] = field(init=False)
    width: int = field(init=False)

    def __post_init__(self) -> None:
        sizes = (len(self.groups), len(self.classes), 4, 4, 4, 4, 2)
        starts = np.cumsum((0, *sizes))
        self.column, self.width = starts[:7].astype(np.int32), int(starts[7])

    def names(self) -> list[str]:
        """What each column says, in words."""
        steps = ("none", "slight", "clear", "glaring")
        anomalies = [f"{kind} anomaly {step}" for kind in ("manifest", "routing", "seal") for step in steps]
        shippers = [f"shipper {name}" for name in ("certified", "established", "occasional", "new")]
        places = [f"far end {name}" for name in self.groups]
        return [*places, *(f"cargo {name}" for name in self.classes), *shippers, *anomalies, "no tip", "tip"]
