"""The same day in Mesa: one agent for each container, as one would write it first; and ports as agents with arrays.

The agents are spared the hashing: what their words hold is worked out with NumPy, port by port, and handed to them.
"""

from typing import Any

import mesa
import numpy as np

from benchmarks.numpy_version import bits, block_of, clear_control, drawn, draws_of, judged, mix64, unfolded
from benchmarks.workload import Chosen, Morning, Peer, World
from sim.kernels.boxes import (
    ALARMED,
    ALARMS,
    ARRIVED,
    BLIND,
    CARGO_STEPS,
    CHANCE,
    CHOSEN,
    EVEN,
    FALSE_ALARMS,
    FOUND,
    HITS,
    MISSED,
    OPENED,
    SCANNED,
    Day,
)
from sim.kernels.scoring import CONTENTS


class Container(mesa.Agent):
    """One container: it shows its papers, and carries something or not."""

    def __init__(
        self,
        model: "Sea",
        number: int,
        place: int,
        load: int | None,
        cargo: int,
        look: tuple[int, ...],
        judgement: int,
        tip: int,
        draw: int,
    ) -> None:
        super().__init__(model)
        self.number, self.place, self.load, self.draw = number, place, load, draw
        self.step, self.look, self.judgement, self.tip = cargo, look, judgement, tip

    def show(self) -> None:
        """Lay open the evidence, and be scored by it."""
        port, tables = self.model.port, self.model.tables
        self.cargo = tables.cargo[tables.mix[self.place] * CARGO_STEPS + self.step]
        if self.load is None:
            column, part = self.look
            look = tables.look[2 * column + (part >= tables.own[column])]
            seen, self.tipped = (look >> 6, look >> 4 & 3, look >> 2 & 3, look & 3), self.tip < port.tip
        else:
            shipper, *steps = self.look
            kind = self.model.concealment[self.load]
            history = 3 if tables.front[kind] else tables.history[shipper]
            seen = (history, *(tables.anomaly[3 * kind + f][step] for f, step in enumerate(steps)))
            self.tipped = self.model.named[self.load]
        steps = (tables.group[self.place], self.cargo, *seen, self.tipped)
        self.shown = [column + step for column, step in zip(tables.column, steps, strict=True)]
        self.score = tables.noise[self.judgement] + sum(port.points[column] for column in self.shown)

    def scan(self, luck: int) -> bool:
        """Whether the scan raises an alarm."""
        port = self.model.port
        chance = port.alarm_clean[self.cargo]
        if self.load is not None:
            full = min(port.alarm_full * self.model.tables.alarm_cargo[self.cargo], 1.0)
            chance = int(full * self.model.shows[self.load] * CHANCE)
        return self.tipped or (luck >> 24 & CHANCE - 1) < chance


class Port(mesa.Agent):
    """A control at a port: it picks boxes, scans them and opens some."""

    def __init__(self, model: "Sea", row: int) -> None:
        super().__init__(model)
        self.row = row

    def step(self) -> None:
        """A day: boxes come as agents, are inspected, and leave."""
        model, c = self.model, self.row
        day, today, rules, dirty = model.morning
        model.port = self
        tally = model.out.tally[c]
        world = model.world.boxes
        first, last, loads = world.first[c], world.first[c + 1], slice(dirty.first[c], dirty.first[c + 1])
        counts = np.diff(today[first:last], prepend=np.int32(0))
        clean = int(counts.sum())
        n = clean + loads.stop - loads.start
        tally[ARRIVED] = n
        if n == 0 or rules.chosen[c] + rules.blind[c] == 0:
            model.chosen.append(np.zeros(0, np.int32))
            return
        self.points, self.tip = rules.points[c].tolist(), int(rules.tip[c])
        self.alarm_clean, self.alarm_full = rules.alarm_clean[c].tolist(), float(rules.alarm_full[c])
        block = block_of(world.salt[c], day)
        place, word = unfolded(world, first, last, day, counts)
        contents = mix64(dirty.word[loads] ^ CONTENTS)
        looks = list(zip(bits(word, 10, 8).tolist(), bits(word, 18, 16).tolist(), strict=True))
        looks += zip(*(bits(contents, start, 12).tolist() for start in (0, 12, 24, 36)), strict=True)
        place, word = np.append(place, first + dirty.place[loads]), np.append(word, dirty.word[loads])
        luck = judged(word, world.salt[c])
        boxes = Container.create_agents(
            model, n, list(range(n)), place.tolist(), [None] * clean + list(range(loads.start, loads.stop)),
            bits(word, 0, 10).tolist(), looks, bits(luck, 56, 8).tolist(), bits(luck, 40, 16).tolist(),
            draws_of(word, block).tolist(),
        )  # fmt: skip
        found = list(boxes)
        boxes.do("show")
        wanted = min(int(rules.chosen[c]), n)
        by_score = list(boxes.sort(lambda box: (-box.score, -box.draw), ascending=True))[:wanted]
        taken = {box.number: box for box in by_score}
        draw = 0
        blind = min(int(rules.blind[c]), n - wanted)
        while len(taken) < wanted + blind:
            box = found[int(drawn(block, draw, draw + 1, n)[0])]
            taken.setdefault(box.number, box)
            draw += 1
        model.chosen.append(np.array(sorted(taken), np.int32))
        tally[CHOSEN], tally[BLIND] = len(taken), blind
        lucks = mix64(word[list(taken)] ^ world.salt[c]).tolist()
        self.inspect(dict(zip(taken.values(), lucks, strict=True)))
        boxes.do("remove")

    def inspect(self, luck: dict[Container, int]) -> None:
        """Scan, open the alarms with the highest scores, and learn from those that are settled."""
        model, c = self.model, self.row
        out, rules = model.out, model.morning.rules
        tally, alarmed, base = out.tally[c], [], int(rules.base[c])
        for box, word in luck.items():
            alarm = box.scan(word)
            if alarm:
                alarmed.append(box)
                tally[ALARMS] += 1
                tally[FALSE_ALARMS] += box.load is None
            else:
                self.learn(box, base)
            if box.load is not None:
                out.fate[box.load] = ALARMED if alarm else SCANNED
        alarmed.sort(key=lambda box: (-box.score, -box.draw))
        for box in alarmed[: int(rules.opened[c])]:
            self.learn(box, base)
            tally[OPENED] += 1
            if box.load is not None:
                hit = luck[box] >> 44 < rules.finds[c]
                out.fate[box.load] = FOUND if hit else MISSED
                tally[HITS] += hit
                for column in box.shown:
                    out.hits[c, column] += hit

    def learn(self, box: Container, base: int) -> None:
        """Count what the score of a settled box let the officer expect."""
        share = self.model.tables.expected[min(max(box.score + base + EVEN, 0), 2 * EVEN - 1)]
        for column in box.shown:
            self.model.out.expected[self.row, column] += share


class Tables:
    """What boxes look like, as lists: plain Python reads these faster than arrays."""

    def __init__(self, world: World) -> None:
        boxes = world.boxes
        self.group, self.mix = boxes.group.tolist(), boxes.mix.tolist()
        self.own, self.look = boxes.own.tolist(), boxes.look.tolist()
        self.cargo, self.history, self.anomaly = boxes.cargo.tolist(), boxes.history.tolist(), boxes.anomaly.tolist()
        self.front, self.noise, self.column = boxes.front.tolist(), boxes.noise.tolist(), boxes.column[:7].tolist()
        self.expected = boxes.expected.tolist()
        self.alarm_cargo = world.rules.alarm_cargo.tolist()


class Sea(mesa.Model):
    """Ports, and the containers that come to them."""

    def __init__(self, world: World, kind: type[mesa.Agent]) -> None:
        super().__init__(rng=1)
        self.world, self.tables = world, Tables(world)
        self.ports = kind.create_agents(self, world.controls, list(range(world.controls)))

    def live(self, morning: Morning, out: Day) -> Chosen:
        """One day at all ports."""
        self.morning, self.out, self.chosen = morning, out, []
        self.concealment, self.shows = morning.dirty.concealment.tolist(), morning.dirty.shows.tolist()
        self.named = (morning.dirty.tip >= 0).tolist()
        self.ports.do("step")
        return self.chosen


class PortWithArrays(mesa.Agent):
    """A control that keeps its boxes in arrays."""

    def __init__(self, model: Sea, row: int) -> None:
        super().__init__(model)
        self.row = row

    def step(self) -> None:
        """A day at this control."""
        model: Any = self.model
        model.chosen.append(clear_control(self.row, model.morning, model.world.boxes, model.out))


class MesaAgents(Peer):
    """Idiomatic Mesa: agents by the thousand."""

    name = "Mesa, one agent per container"
    kind: type[mesa.Agent] = Port

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.sea = Sea(world, self.kind)

    def clear(self, morning: Morning, out: Day) -> Chosen:
        return self.sea.live(morning, out)


class MesaArrays(MesaAgents):
    """Mesa as it is meant for large numbers: few agents, each with arrays."""

    name = "Mesa, port agents with arrays"
    kind = PortWithArrays
