"""A day of justice: open cases go from stage to stage, wait for a slot, and end, by the evidence that there is."""

import math
from typing import cast

import numpy as np

from sim.kernels.compiling import jit_bare, jit_part
from sim.kernels.samplers import normal
from sim.kernels.words import uniform

STAGES = ("response", "investigation", "prosecution", "trial", "appeal")
RESPONSE, INVESTIGATION, PROSECUTION, TRIAL, APPEAL, CLOSED = range(6)
OUTCOMES = ("open", "cold", "dropped", "lapsed", "acquitted", "convicted")
OPEN, COLD, DROPPED, LAPSED, ACQUITTED, CONVICTED = range(6)
KINDS = ("find", "organisation", "corruption", "money")
FIND, ORGANISATION, CORRUPTION, MONEY = range(4)
"""What a case is about: a find, an organisation, an official in somebody's pay, money that was traced."""
NEVER = -1
"""In place of a day."""
UNSEEN = 1 << 30
"""A day that nobody lives to see."""

CASE = np.dtype(
    [
        ("key", np.uint64),  # address of its luck
        ("grams", np.int64),
        ("state", np.int32),
        ("kind", np.int32),
        ("organisation", np.int32),  # whose it was, -1 for none; whether anybody knows is `named`
        ("named", np.bool_),
        ("commodity", np.int32),  # -1 for none
        ("place", np.int32),  # where those work who had a hand in it, as places of the books; -1 for none
        ("couriers", np.int32),  # accused: people who moved loads or money, or of an organisation's core
        ("officers", np.int32),  # officials
        ("leaders", np.int32),
        ("material", np.float64),  # quality of the evidence from things and documents
        ("spoken", np.float64),  # and from those who talk, when they said it
        ("abroad", np.int32),  # state whose help is needed, -1 for none
        ("answer", np.int32),  # day on which that state answers, or on which nobody waits for it any more
        ("answered", np.bool_),
        ("report", np.int32),  # day on which the laboratory's report is there, UNSEEN until it is begun
        ("opened", np.int32),
        ("held", np.int32),  # day on which somebody was first taken into custody, NEVER for none
        ("freed", np.bool_),  # whether custody before trial has reached its limit
        ("stage", np.int32),
        ("entered", np.int32, (5,)),  # days on which it came to each stage, NEVER where it did not
        ("started", np.int32, (5,)),  # and on which it got a slot there
        ("due", np.int32),  # day on which it is done with its stage, once it has a slot; or is closed, once it is cold
        ("closed", np.int32),
        ("outcome", np.int32),
        ("pleaded", np.bool_),
    ],
    align=True,
)
"""A case: what it is about, who is accused, on what evidence, and how far it has come."""

ENTRY = np.dtype(
    [
        ("until", np.int32),  # day before which nothing happens to a case but that it gets a slot
        ("queue", np.int16),  # state * 5 + stage in which it has a slot or waits for one meanwhile, -1 for none
        ("waits", np.bool_),
    ],
    align=True,
)
"""The entry of a case in the diary of the courts; blank when somebody has to look at the case."""

COURTS = np.dtype(
    [
        ("slots", np.int64, (5,)),
        ("days", np.float64, (5,)),  # mean time in a slot
        ("spread", np.float64),  # log standard deviation of it
        ("by_severity", np.int64, (5,)),  # 1: grave cases first; 0: those that came first
        ("charged", np.float64),  # chances with evidence of middling quality
        ("convicted", np.float64),
        ("upheld", np.float64),
        ("plea", np.float64),
        ("least", np.float64),  # quality of evidence below which cases are dropped
        ("appeals", np.float64),
        ("testimony", np.float64),
        ("half_life", np.float64),  # of what witnesses say, days
        ("lost", np.float64),  # chance that material evidence is lost or not admitted
        ("remand_days", np.int64),
        ("limit_days", np.int64),
        ("cold_days", np.int64),
        ("effort", np.float64),  # factor on the time that cases against organisations are investigated
        ("attribution", np.float64),  # chance that an investigation tells whose a find was
        ("identified", np.float64),  # chance that one without suspects finds one
        ("evidence", np.float64),  # quality of the evidence that a case begins with
        ("papers", np.float64),  # the same of a case about money
        ("foreign", np.float64),  # share of it that comes from abroad, where help from there is needed
        ("cross_border", np.float64),  # chance that it is
        ("patience", np.int64),  # days that a case waits for it
        ("answers", np.float64),  # chance that this state answers others
        ("assistance_days", np.float64),  # mean time in which it does
        ("per_week", np.float64),  # reports of the laboratory
        ("report_days", np.float64),
        ("next", np.float64),  # day from which the laboratory can take the next
    ],
    align=True,
)
"""The courts of a state as they work now."""

LUCK = (
    "time in a slot", "charge", "plea", "lost evidence", "testimony", "verdict", "appeal", "verdict on appeal",
    "attribution", "identification", "cross-border case", "mutual legal assistance", "days of assistance",
)  # fmt: skip
"""Purposes of the draws, in the order of their keys."""
_TIME, _CHARGE, _PLEA, _LOST, _TESTIMONY, _VERDICT, _APPEAL, _UPHELD, _NAMED, _FOUND = range(10)

SEARCHED, NAMED, JUDGED, ENDED, RELEASED = range(5)
"""What can happen to a case that matters beyond it: an investigation found whom to arrest, or one of an organisation
came to its end; it told whose a find was; convicted at first instance; closed; custody before trial at its limit."""
WEIGHT = 4.0
"""What evidence counts: odds go with exp(WEIGHT * (2 * quality - 1))."""
_0 = cast("int", np.int64(0))  # a bare 0 has a type of its own: compiled again


@jit_bare
def stage_chance(middling: float, quality: float) -> float:
    """Chance to get through a stage with evidence of a quality from 0 to 1, given that of middling quality, a half.

    Odds are those of the middling case times exp(4 (2 quality - 1)): a logistic form, so that certainties stay.
    """
    odds = middling * math.exp(WEIGHT * (2.0 * quality - 1.0))
    return odds / (odds + (1.0 - middling))


@jit_bare
def quality_of(material: float, spoken: float, days: float, half_life: float) -> float:
    """Quality of evidence: 1 - (1 - material) (1 - spoken 2^(-days / half_life)); what is said goes stale, what was
    found does not."""
    kept = math.pow(0.5, days / half_life) if half_life > 0.0 else 0.0
    return 1.0 - (1.0 - material) * (1.0 - spoken * kept)


@jit_bare
def advance(day, cases, diary, unclosed, count, courts, luck, free, chosen, waiting, moved):  # type: ignore[no-untyped-def]
    """A day of all open cases; returns how many are left in `unclosed`, and how many lines of `moved` were written.

    cases: CASE[.]; diary: ENTRY[.] of each; unclosed: int64[.], rows of the open ones in its first `count` places, in
    their order; courts: COURTS[S]; luck: uint64[13]; free, chosen: int64[S * 5], and waiting: int64[.], to work with;
    moved: int64[., 2], row of a case and what happened to it, three lines a case at most.

    What is done with a stage goes on or ends; then those who wait take the free slots, one by one: the gravest, or
    those who came first, and of equals the case that was opened first. A slot is taken from the day on which a case
    starts to the day before it is done, so that a queue in which all come first is that of Kiefer and Wolfowitz on
    whole days.
    """
    for queue in range(len(free)):
        free[queue] = courts[queue // 5]["slots"][queue % 5]
    lines, left, queued = 0, 0, 0
    for at in range(count):
        row = unclosed[at]
        entry = diary[row]
        unclosed[left] = row
        if entry["until"] <= day:
            case = cases[row]
            lines = _look_at(day, row, case, entry, courts[case["state"]], luck, moved, lines)
            if case["stage"] == CLOSED:
                continue
        left += 1
        if entry["waits"]:
            waiting[queued] = row
            queued += 1
        elif entry["queue"] >= 0:
            free[entry["queue"]] -= 1
    _give_slots(day, cases, diary, waiting, queued, courts, luck, free, chosen)
    return left, lines


@jit_part
def _look_at(day, row, case, entry, court, luck, moved, lines):  # type: ignore[no-untyped-def]
    """What happens to a case by itself: custody ends, it goes on from a stage, lapses, or is closed."""
    if case["outcome"] == COLD:
        entry["until"], entry["queue"], entry["waits"] = case["due"], -1, False
        if case["due"] <= day:
            case["stage"], case["closed"] = CLOSED, day
        return lines
    if _custody_ends(case, court) <= day:
        case["freed"] = True
        lines = _tell(moved, lines, row, RELEASED)
    if case["started"][case["stage"]] == NEVER or case["due"] <= day:
        lines = _take_on(day, row, case, court, luck, moved, lines)
    if case["stage"] != CLOSED:
        _write_down(day, case, entry, court)
    return lines


@jit_part
def _custody_ends(case, court):  # type: ignore[no-untyped-def]
    """The day on which custody before trial reaches its limit."""
    kept = case["held"] != NEVER and not case["freed"] and case["entered"][APPEAL] == NEVER
    return case["held"] + court["remand_days"] if kept else UNSEEN


@jit_part
def _write_down(day, case, entry, court):  # type: ignore[no-untyped-def]
    """Renew the entry of an open case."""
    stage, until = case["stage"], _custody_ends(case, court)
    entry["queue"], entry["waits"] = case["state"] * 5 + stage, case["started"][stage] == NEVER
    if entry["waits"]:
        if stage >= PROSECUTION:
            until = min(until, case["entered"][PROSECUTION] + court["limit_days"])
    elif case["outcome"] == COLD:
        until = day + 1  # from when its slot is free
    elif case["due"] > day:
        until = min(until, case["due"])
    else:  # investigated, but for the answer from abroad, or for what others do today
        entry["queue"], until = -1, min(until, max(day + 1, case["answer"]))
    entry["until"] = min(until, UNSEEN)


@jit_part
def _tell(moved, lines, row, what):  # type: ignore[no-untyped-def]
    moved[lines, 0], moved[lines, 1] = row, what
    return lines + 1


@jit_part
def _take_on(day, row, case, court, luck, moved, lines):  # type: ignore[no-untyped-def]
    """What is done with its stage goes on to the next; what waits for too long lapses."""
    stage = case["stage"]
    if case["started"][stage] == NEVER:
        if stage >= PROSECUTION and day - case["entered"][PROSECUTION] >= court["limit_days"]:
            return _close(day, row, case, LAPSED, moved, lines)
        return lines
    if stage == RESPONSE:
        _enter(day, case, INVESTIGATION)
    elif stage == INVESTIGATION:
        if case["answer"] > day:
            return lines  # the file is ready but for the answer from abroad
        return _conclude(day, row, case, court, luck, moved, lines)
    elif stage == PROSECUTION:
        quality = quality_of(case["material"], case["spoken"], float(day - case["opened"]), court["half_life"])
        chance = stage_chance(court["charged"], quality)
        if quality < court["least"] or uniform(luck[_CHARGE], case["key"], _0, _0) >= chance:
            return _close(day, row, case, DROPPED, moved, lines)
        if uniform(luck[_PLEA], case["key"], _0, _0) < court["plea"]:
            case["pleaded"] = True
            lines = _tell(moved, lines, row, JUDGED)
            return _close(day, row, case, CONVICTED, moved, lines)
        _enter(day, case, TRIAL)
    elif stage == TRIAL:
        lines = _try(day, row, case, court, luck, moved, lines)
    elif stage == APPEAL:
        quality = quality_of(case["material"], case["spoken"], float(day - case["opened"]), court["half_life"])
        upheld = uniform(luck[_UPHELD], case["key"], _0, _0) < stage_chance(court["upheld"], quality)
        return _close(day, row, case, CONVICTED if upheld else ACQUITTED, moved, lines)
    return lines


@jit_part
def _conclude(day, row, case, court, luck, moved, lines):  # type: ignore[no-untyped-def]
    """The end of an investigation: whose it was may be known; whoever is accused is handed on, and a find of which
    nobody is accused goes cold unless somebody is found."""
    if case["kind"] == ORGANISATION:
        return _tell(moved, lines, row, SEARCHED)
    if case["organisation"] >= 0 and not case["named"]:
        case["named"] = uniform(luck[_NAMED], case["key"], _0, _0) < court["attribution"]
    if case["named"]:
        lines = _tell(moved, lines, row, NAMED)
    if case["couriers"] + case["officers"] + case["leaders"] > 0:
        _enter(day, case, PROSECUTION)
    elif uniform(luck[_FOUND], case["key"], _0, _0) < court["identified"]:
        lines = _tell(moved, lines, row, SEARCHED)
    else:
        case["outcome"], case["due"] = COLD, max(day + 1, case["opened"] + court["cold_days"])
    return lines


@jit_part
def _try(day, row, case, court, luck, moved, lines):  # type: ignore[no-untyped-def]
    """A trial: what is lost is not shown, who does not testify is not heard."""
    if uniform(luck[_LOST], case["key"], _0, _0) < court["lost"]:
        case["material"] = 0.0
    if uniform(luck[_TESTIMONY], case["key"], _0, _0) >= court["testimony"]:
        case["spoken"] = 0.0
    quality = quality_of(case["material"], case["spoken"], float(day - case["opened"]), court["half_life"])
    if uniform(luck[_VERDICT], case["key"], _0, _0) >= stage_chance(court["convicted"], quality):
        return _close(day, row, case, ACQUITTED, moved, lines)
    lines = _tell(moved, lines, row, JUDGED)
    if uniform(luck[_APPEAL], case["key"], _0, _0) < court["appeals"]:
        _enter(day, case, APPEAL)
        return lines
    return _close(day, row, case, CONVICTED, moved, lines)


@jit_part
def _enter(day, case, stage):  # type: ignore[no-untyped-def]
    case["stage"] = stage
    case["entered"][stage] = day


@jit_part
def _close(day, row, case, outcome, moved, lines):  # type: ignore[no-untyped-def]
    case["stage"], case["closed"], case["outcome"] = CLOSED, day, outcome
    return _tell(moved, lines, row, ENDED)


@jit_part
def _give_slots(day, cases, diary, waiting, count, courts, luck, free, chosen):  # type: ignore[no-untyped-def]
    """Free slots are taken by those who wait, the next of each queue in turn."""
    found = True
    while found:
        found, left = False, 0
        chosen[:] = -1
        for at in range(count):
            row = waiting[at]
            queue = diary[row]["queue"]
            if free[queue] <= 0 or not diary[row]["waits"]:
                continue
            stage = queue % 5
            if stage == TRIAL and cases[row]["report"] > day:
                continue
            waiting[left] = row
            left += 1
            best = chosen[queue]
            if best < 0 or _before(cases[row], cases[best], stage, courts[queue // 5]["by_severity"][stage]):
                chosen[queue] = row
                found = True
        count = left
        for queue in range(len(chosen)):
            row = chosen[queue]
            if row >= 0:
                _start(day, cases[row], courts[queue // 5], luck)
                _write_down(day, cases[row], diary[row], courts[queue // 5])
                free[queue] -= 1


@jit_part
def _before(one, other, stage, by_severity):  # type: ignore[no-untyped-def]
    """Whether a case is taken up before another that was opened earlier."""
    if by_severity > 0:
        if _rank(one) != _rank(other):
            return _rank(one) > _rank(other)
        if one["grams"] != other["grams"]:
            return one["grams"] > other["grams"]
    return one["entered"][stage] < other["entered"][stage]


@jit_part
def _rank(case):  # type: ignore[no-untyped-def]
    """Leaders before officials, these before anybody else; who is not accused comes last."""
    if case["leaders"] > 0 or case["kind"] == ORGANISATION:
        return 3
    if case["officers"] > 0:
        return 2
    return 1 if case["couriers"] > 0 else 0


@jit_part
def _start(day, case, court, luck):  # type: ignore[no-untyped-def]
    """A case gets a slot: whole days, lognormal about the mean of its stage, and one at least."""
    stage, spread = case["stage"], court["spread"]
    mean = court["days"][stage]
    if stage == INVESTIGATION and case["kind"] == ORGANISATION:
        mean *= court["effort"]
    days = mean * math.exp(spread * (normal(luck[_TIME], case["key"], _0, stage) - spread / 2.0))
    case["started"][stage] = day
    case["due"] = day + max(1, np.int64(min(days, 36525.0) + 0.5))


def warm() -> None:
    """Compile each function for the types that a run uses."""
    none, keys = np.zeros(5, np.int64), np.zeros(len(LUCK), np.uint64)
    cases, rows, courts = np.zeros(1, CASE), np.zeros(1, np.int64), np.zeros(1, COURTS)
    diary, moved = np.zeros(1, ENTRY), np.zeros((3, 2), np.int64)
    advance(0, cases, diary, rows, 0, courts, keys, none, none.copy(), rows.copy(), moved)
    stage_chance(0.5, 0.5), quality_of(0.5, 0.5, 0.0, 1.0)
