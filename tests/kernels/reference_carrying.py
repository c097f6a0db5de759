"""What loads do in a day told slowly: plain Python, one load after the other, obviously right rather than fast.

It shares two things with the compiled kernel: the arrays that describe the world, and the uniform number at an address.
"""

from collections import Counter
from dataclasses import dataclass, field
from math import ceil, exp
from types import SimpleNamespace

import numpy as np

from sim.kernels.boxes import FOUND
from sim.kernels.carrying import LUCK
from sim.kernels.loads import DELIVERED, IN_PORT, LOST, NOWHERE, ON_THE_ROAD, SEIZED, UNDER_WAY
from sim.kernels.search import BOARDED, CROSSED, DETECTED, GRAMS, SEA_LUCK, STOPPED
from sim.kernels.words import uniform
from tests.kernels.reference_inspection import GOLDEN, WORD, mix64

EXPORT, IMPORT = 0, 1
type Day = tuple[list[Step], list[SimpleNamespace]]


def plainly(records) -> list[SimpleNamespace]:
    """Records as plain objects, one by one."""
    names = records.dtype.names
    rows = zip(*(records[name].tolist() for name in names), strict=True)
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in rows]


@dataclass
class Step:
    """What a load did at one moment of a day; None where there is nothing to say."""

    load: int
    control: int = NOWHERE
    pool: int | None = None
    word: int | None = None
    met: int = NOWHERE
    site: int | None = None
    seized: bool = False
    cell: int = -1
    words: list[str] = field(default_factory=list)
    """The same for people who read."""


class Told:
    """Loads on their way through a small world, day by day; the world itself stays as it was."""

    def __init__(self, world) -> None:
        self.loads, self.legs, self.cells = plainly(world.loads), plainly(world.legs), plainly(world.cells)
        self.crafts, self.zones, self.units = (plainly(part) for part in world.sea[:3])
        self.tally = world.sea.tally.tolist()
        self.sea_luck = dict(zip(SEA_LUCK, world.sea.luck, strict=True))
        self.sites = plainly(world.sites)
        self.owners, self.terms = plainly(world.owners), plainly(world.terms)[0]
        self.luck, self.lanes = dict(zip(LUCK, world.luck, strict=True)), world.lanes
        self.boxes, self.sailing = world.boxes.tolist(), world.sailing
        self.side: dict[int, int] = {}
        """Of today's control, by number of the load that is presented to it."""
        self.passed_by: Counter = Counter()
        """What came of the craft that were detected."""
        self.worked: Counter = Counter()
        """Jobs done today by the crews of each cell."""

    def move(self, day, numbers) -> Day:
        """The next thing that each of some loads does, up to a port control; returns steps and lines of the books."""
        self.day, self.steps, self.events, self.side, self.worked = day, [], [], {}, Counter()
        self.stopped = self._patrol(numbers)
        for number in numbers:
            load, leg = self._begin(number)
            if leg.road:
                self._arrive_by_road(load, leg)
            elif load.departed == -1:
                self._board(load, leg)
            elif load.landed:
                self._take_ashore(load, leg)
            elif leg.small_craft:
                self._cross(load, leg)
            else:
                self._present(load, leg, IMPORT)
        return self.steps, self.events

    def settle(self, numbers, fates) -> Day:
        """What comes next for the loads that were presented to a control today; returns the same."""
        self.steps, self.events = [], []
        for number, fate in zip(numbers, fates, strict=True):
            load, leg = self._begin(number)
            side = self.side[number]
            at, name = ((leg.origin, "export"), (leg.destination, "import"))[side]
            self._meet(leg.checkpoints[side], at, seized=fate == FOUND)
            if fate == FOUND:
                self._say(f"found by {name} control")
                self._end(load, leg, SEIZED, at, leg.checkpoints[side])
            elif side == EXPORT:
                self._say("sails")
                load.due = self.day + leg.days
            else:
                self._say("past import control")
                self._land(load, leg)
        return self.steps, self.events

    def _begin(self, number):
        self.number, self.step = number, Step(number)
        self.steps.append(self.step)
        load = self.loads[number]
        return load, self.legs[load.legs[load.leg]]

    def _say(self, words) -> None:
        self.step.words.append(words)

    def _meet(self, row, site, *, seized) -> None:
        self.step.met, self.step.site, self.step.seized = row, site, bool(seized)

    def _happens(self, chance, purpose, entity, at, k) -> bool:
        return uniform(self.luck[purpose], np.uint64(entity), at, k) < chance

    def _arrive_by_road(self, load, leg) -> None:
        """It arrives unless it was seized, which counts at the haul's starting place."""
        if self._happens(leg.seizure, "road", load.key, load.leg, 0):
            self._say("seized on the road")
            self._meet(ON_THE_ROAD, leg.origin, seized=True)
            self._end(load, leg, SEIZED, leg.origin, ON_THE_ROAD)
        else:
            self._say("arrived by road")
            words = "in its warehouse", "passes a warehouse"
            if not self._found_at(load, leg, leg.site[1], 0, leg.destination, words):
                self._go_on(load, leg)

    def _crew_is_there(self, load) -> bool:
        """Whether nobody is needed, or a crew with enough hands has a job left."""
        if not _crews_ahead(load):
            return True
        row = _crews_ahead(load)[0]
        if not self.cells[row].held:
            self._say("no cell any more")
            return False
        if self.cells[row].hands < self.owners[load.organisation].least_hands:
            self._say("too few hands")
            return False
        if self.cells[row].rested < 1:
            self._say("crew worked off its jobs" if self.worked[row] else "crew needs rest")
            return False
        return True

    def _crew_works(self, load) -> str:
        """The crew that it needed does a job; says by whom."""
        if not _crews_ahead(load):
            return "without a crew"
        row = _crews_ahead(load)[0]
        self.cells[row].rested -= 1
        self.cells[row].waiting -= 1
        self.worked[row] += 1
        load.served += 1
        self.step.cell = row
        return "by a crew"

    def _crew_is_found(self, load, leg, side) -> bool:
        """Whether the crew that has just worked for the load in a port was found there, with the load."""
        worked = self.step.cell != -1 and leg.lane != -1
        found = worked and self._happens(leg.crew_found[side], "crew found", load.key, load.leg, side)
        if found:
            at = (leg.origin, leg.destination)[side]
            self._say("crew found in the port")
            self._meet(leg.checkpoints[side], at, seized=True)
            self._end(load, leg, SEIZED, at, IN_PORT)
        return found

    def _next_decision(self, load) -> int:
        """The next day on which its organisation decides, and crews rest or are hired."""
        week = range(self.day + 1, self.day + 8)
        return next(day for day in week if day % 7 == self.owners[load.organisation].weekday)

    def _board(self, load, leg) -> None:
        """It waits for a crew, and in a port for a container that it can join; then it leaves."""
        if _crews_ahead(load) and not self.cells[_crews_ahead(load)[0]].held:
            self._say("nobody left to board it")
            self._end(load, leg, LOST, leg.origin, NOWHERE)
            return
        if not self._crew_is_there(load):
            self._say("no crew to board")
            load.due = self._next_decision(load)
            return
        if leg.small_craft:
            self._say(f"put to sea {self._crew_works(load)}")
            load.departed, load.due = self.day, self.day + self._days_to_a_zone(load, leg)
            words = "before it puts to sea", "leaves a dock"
            self._found_at(load, leg, leg.site[0], self.day - load.came, leg.origin, words)
            return
        any_container = 1 - exp(-self.boxes[leg.lane] * self.sailing)
        if self._happens(any_container, "sailing", self.lanes[leg.lane], self.day, 0):
            self._say(f"put into a container {self._crew_works(load)}")
            load.departed = self.day
            if self._crew_is_found(load, leg, EXPORT):
                return
            if leg.checkpoints[0] == -1:
                self._say("leaves uncontrolled")
                load.due = self.day + leg.days
                return
            self._present(load, leg, EXPORT)
        else:
            self._say("no sailing")
            load.due = self.day + 1

    def _found_at(self, load, leg, site, waited, place, words) -> bool:
        """Somebody who visits a site may find the load there."""
        if site == -1 or self.sites[site].finds == 0:
            return False
        row, (finds, kept) = self.terms.first_site + site, (self.sites[site].finds, self.sites[site].kept)
        number = uniform(self.luck["site"], np.uint64(load.key), load.leg, 0 if place == leg.origin else 1)
        found = number < 1 - exp(-finds * (kept + waited))
        self._meet(row, place, seized=found)
        self._say(f"found {words[0]}" if found else f"{words[1]} that is visited")
        if found:
            self._end(load, leg, SEIZED, place, row)
        return found

    def _present(self, load, leg, side) -> None:
        """It comes to the control of one side, in the container that is its own on this leg."""
        self._say(("presented to export control", "presented to import control")[side])
        self.side[self.number] = side
        self.step.control, self.step.pool = leg.checkpoints[side], leg.pool[side]
        self.step.word = mix64((mix64(load.key) + (load.leg + 1) * GOLDEN) % WORD)

    def _cross(self, load, leg) -> None:
        """The sea zones of a crossing come one after the other, and then the coast."""
        zones = _zones(leg)
        if load.zone == len(zones):
            self._say(f"across {'six' if len(zones) == 6 else 'some' if zones else 'no'} zones")
            self._land(load, leg)
            return
        row, zone = zones[load.zone], zones[load.zone] - self.terms.first_zone
        stopped = self.number in self.stopped
        self._meet(row, leg.origin if load.zone == 0 else leg.destination, seized=stopped)
        if stopped:
            self._say(f"stopped in {'its first' if load.zone == 0 else 'a later'} zone")
            self._end(load, leg, SEIZED, self.terms.first_water + zone, row)
        else:
            self._say("through a zone")
            load.zone += 1
            load.due = self.day + self._days_to_a_zone(load, leg)

    def _patrol(self, numbers) -> set[int]:
        """Numbers of the loads whose craft are stopped today: those detected are boarded in an order drawn by luck."""
        detected = []
        for number in numbers:
            load = self.loads[number]
            leg = self.legs[load.legs[load.leg]]
            if not leg.small_craft or load.departed == -1 or load.landed or load.zone == len(_zones(leg)):
                continue
            zone = _zones(leg)[load.zone] - self.terms.first_zone
            self.tally[zone][CROSSED] += 1
            here, craft, place = self.zones[zone], self.crafts[load.concealment], (load.key, load.leg, load.zone)
            cued = self._by_chance(here.cue, "cue", *place)
            hours = here.crossing_nm / craft.knots
            chance = 1 - exp(-here.sweep * craft.visibility * hours / (here.cued_area if cued else here.area))
            if self._by_chance(chance, "patrol", *place):
                self.tally[zone][DETECTED] += 1
                turn = uniform(self.sea_luck["turn"], np.uint64(load.key), load.leg, load.zone)
                detected.append((turn, number, zone))
        return {number for _, number, zone in sorted(detected) if self._stops(self.loads[number], zone)}

    def _by_chance(self, chance, purpose, entity, leg, zone) -> bool:
        return uniform(self.sea_luck[purpose], np.uint64(entity), leg, zone) < chance

    def _stops(self, load, zone) -> bool:
        """Whether a free unit that may board stops the craft; it is then busy for days."""
        here, place = self.zones[zone], (load.key, load.leg, load.zone)
        free = [unit for unit in self.units if unit.zone == zone and unit.left > 0]
        national, joint = ([unit for unit in free if unit.joint == kind] for kind in (False, True))
        if not self._by_chance(here.national_rights, "rights", *place):
            national = []
        if not (national + joint):
            self.passed_by["no unit may board" if free else "no unit is free"] += 1
            return False
        unit = (national + joint)[0]
        unit.left -= 1
        self.tally[zone][BOARDED] += 1
        self.passed_by["a joint unit boards" if unit.joint else "a national unit boards"] += 1
        if not self._by_chance(here.boarding, "boarding", *place):
            return False
        if unit.escort_days:
            unit.left, unit.free = 0, self.day + 1 + unit.escort_days
        self.tally[zone][STOPPED] += 1
        self.tally[zone][GRAMS] += load.grams
        return True

    def _days_at_sea(self, load, leg) -> int:
        """A ship's days are its lane's; a craft's follow from its speed, and are one at least."""
        if not leg.small_craft:
            return leg.days
        return max(1, ceil(leg.nm / (24 * self.crafts[load.concealment].knots)))

    def _days_to_a_zone(self, load, leg) -> int:
        """The days of a crossing in equal parts: to each of its zones, and from the last one ashore; one at least."""
        return max(1, self._days_at_sea(load, leg) // (len(_zones(leg)) + 1))

    def _land(self, load, leg) -> None:
        """Some are lost at the end of the voyage; the others have to be taken ashore."""
        lost = self.crafts[load.concealment].loss if leg.small_craft else leg.loss
        if self._happens(lost, "loss", load.key, load.leg, 0):
            self._say("craft lost" if leg.small_craft else "container lost")
            self._end(load, leg, LOST, leg.destination, NOWHERE)
        else:
            load.landed, load.came = True, self.day
            self._take_ashore(load, leg)

    def _take_ashore(self, load, leg) -> None:
        """It waits for a crew if it needs one, so long as its port or coast holds it."""
        last_day = load.came + self.terms.hold_days
        if self._crew_is_there(load):
            self._say(f"taken ashore {self._crew_works(load)}")
            if self._crew_is_found(load, leg, IMPORT):
                return
            waited, site = self.day - load.came, leg.site[1] if leg.small_craft else -1
            if not self._found_at(load, leg, site, waited, leg.destination, ("where it landed", "passes a dock")):
                self._go_on(load, leg)
        elif self.day >= last_day:
            self._say("held too long")
            self._end(load, leg, LOST, leg.destination, NOWHERE)
        else:
            load.due = min(self._next_decision(load), last_day)
            self._say("held to the last day" if load.due == last_day else "held until crews rest")

    def _go_on(self, load, leg) -> None:
        """The next leg begins; behind the last one is the market."""
        load.leg += 1
        way = [row for row in load.legs if row >= 0]
        if load.leg == len(way):
            self._say("delivered" if len(way) < 6 else "delivered after six legs")
            self._end(load, leg, DELIVERED, leg.destination, NOWHERE)
            return
        following = self.legs[way[load.leg]]
        if following.road:
            self._say("off by road")
            load.due = self.day + following.days
            return
        load.departed, load.landed, load.zone = -1, False, 0
        changes = leg.lane >= 0
        load.due = load.came = self.day + (self.terms.hub_days if changes else 1)
        self._say("changes ship" if changes else "comes to the sea")

    def _end(self, load, leg, outcome, place, checkpoint) -> None:
        """No crew ahead waits for it any more, and the books say where it ended."""
        for row in _crews_ahead(load):
            self.cells[row].waiting -= 1
            self._say("a crew stands down")
        load.outcome, load.ended, load.place, load.checkpoint = outcome, self.day, place, checkpoint
        line = SimpleNamespace(day=self.day, event=outcome, load=self.number, mode=leg.mode)
        line.commodity, line.grams, line.place, line.checkpoint = load.commodity, load.grams, place, checkpoint
        self.events.append(line)


def _crews_ahead(load) -> list[int]:
    """Rows of the cells whose crews it still needs, in order."""
    return [row for row in load.crews[load.served :] if row >= 0]


def _zones(leg) -> list[int]:
    """Rows of the checkpoints of a crossing, in order."""
    return [row for row in leg.checkpoints if row >= 0]


def looked_over(loads, numbers, day) -> tuple[list[int], list[int], Counter]:
    """Which loads are still under way, which of them have something to do on a day, and grams by commodity."""
    left = [number for number in numbers if loads[number].outcome == UNDER_WAY]
    grams = Counter()
    for number in left:
        grams[loads[number].commodity] += loads[number].grams
    return left, [number for number in left if loads[number].due == day], grams


def lined_up(steps, control) -> list[Step]:
    """What was presented to a control, in the order of the loads' numbers."""
    return sorted((step for step in steps if step.control == control), key=lambda step: step.load)


def heard(counts, rumour, first_site, steps, loads) -> None:
    """Each organisation counts a loss [0] or a passage [1] at a checkpoint by concealment: its own as one, those of
    others by what rumour is worth to it; at a site of all concealments. counts: nested lists [N][2][C][M]."""
    for step in steps:
        if step.met not in (NOWHERE, ON_THE_ROAD):
            load = loads[step.load]
            for organisation, known in enumerate(counts) if load.organisation >= 0 else ():
                own = organisation == load.organisation
                side = known[0 if step.seized else 1][step.met]
                methods = range(len(side)) if step.met >= first_site else [load.concealment]
                for method in methods:
                    side[method] += 1.0 if own else rumour[organisation]


def added_up(events, moves, amounts, flows) -> None:
    """Each line of the books moves its grams from account to account. All but events: nested lists."""
    for event in events:
        kind, commodity = event.event, event.commodity
        flows[commodity][kind] += event.grams
        for account, sign in enumerate(moves[kind]):
            amounts[commodity][account] += sign * event.grams
