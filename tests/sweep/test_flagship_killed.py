"""Ten thousand years of the flagship, half of them lived by a command that is killed, with its group, once a minute."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from sim.sweep.sweep import Sweep
from tests.sweep.marks import check

POLICIES = {
    "Screening": "kind: high_risk_screening, ports: [BEANR, NLRTM]",
    "Patrols": "kind: joint_patrols, zones: [western_tropical_atlantic, azores_atlantic, canary_current], units: 4",
    "Courts": "kind: court_capacity, states: [origin], factor: 1.5",
    "Forensics": "kind: forensic_laboratories, states: [origin], capacity: 2, turnaround: 0.5, handling: 0.5",
    "Docks": "kind: dock_control, docks: [galicia_coast, algarve_cadiz_coast]",
    "Prevention": "kind: prevention, communities: [EU_NORTH], audience: port_workers, reach: 0.33",
    "Assets": "kind: asset_tracing, states: [destination], units: 4, abroad: 0.8",
    "Sharing": "kind: intelligence_sharing, states: [origin], partners: [destination], probability: 0.6, days: 5",
    "Integrity": "kind: integrity, ports: [ECGYE, BRSSZ, BEANR, NLRTM, DEHAM], audits: 3, threshold: 1.5",
}
"""From December on: the months before are lived once for each replicate; a kill in them costs these again."""
SCENARIO = """\
extends: latam_europe
title: The flagship with nine policies of December 2019
question: Does a sweep that is killed again and again come to the same bytes?
policies:
"""
SWEEP = """\
title: Years of the flagship
scenario: december.yaml
days: 365
replicates: {replicates}
policies: [none, {names}]
outcomes: [seized_kg, delivered_kg, networks_dismantled, couriers_arrested, false_alarms]
"""


def command(*words):
    """`chokepoint` in a group of its own."""
    return subprocess.Popen([sys.executable, "-m", "sim", *map(str, words)], start_new_session=True)


def runs_over(folder):
    """How many runs have been lived."""
    told = subprocess.run([sys.executable, "-m", "sim", "status", folder, "--json"], capture_output=True, check=True)
    return json.loads(told.stdout)["done"]


def outlives_kills(folder, replicates, seconds):
    """Whether a sweep of ten runs a replicate, killed after every so many seconds until half of them are over, comes to
    the digest of one that nothing happens to, and lives no run again that was over."""
    each = [f"  - {{{policy}, name: {name}, start: 2019-12-01, ramp_days: 10}}\n" for name, policy in POLICIES.items()]
    (folder / "december.yaml").write_text(SCENARIO + "".join(each), encoding="utf-8")
    file, kills = folder / "sweep.yaml", 0
    file.write_text(SWEEP.format(replicates=replicates, names=", ".join(POLICIES)), encoding="utf-8")
    assert command("sweep", file, "-o", folder / "calm", "-q", "-j", 2).wait() == 0
    while not kills or runs_over(folder / "killed") < 5 * replicates:
        started = command("sweep", file, "-o", folder / "killed", "-q", "-j", 2)
        time.sleep(seconds)
        assert started.poll() is None, "it came to its end before it was killed"
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        kills += 1
    assert command("sweep", file, "-o", folder / "killed", "-q", "-j", 2).wait() == 0
    check(folder / "killed", kills)
    assert runs_over(folder / "killed") == 10 * replicates
    assert Sweep.open(folder / "killed").digest == Sweep.open(folder / "calm").digest


@pytest.mark.soak
def test_ten_thousand_runs_come_to_the_same_with_a_kill_every_minute(tmp_path):
    outlives_kills(tmp_path, replicates=1000, seconds=60.0)
