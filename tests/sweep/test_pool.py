"""Workers are watched: which of them take too long is judged by all that they have said."""

import time
from multiprocessing import Pipe

from sim.sweep.pool import Pool, Worker


class Process:
    """A process that goes on until it is killed."""

    exitcode = None

    def __init__(self):
        self.sentinel, self.end = Pipe()

    def kill(self):
        self.end.close()

    def join(self, seconds=None):
        pass


def test_a_run_that_ends_while_another_is_set_aside_has_not_taken_too_long(tmp_path, monkeypatch):
    long_ago, set_aside = time.monotonic() - 100, []
    (here, _there), (ours, its) = Pipe(), Pipe()
    slow = Worker(Process(), here, 0, "slow", long_ago)
    quick = Worker(Process(), ours, 1, "quick", long_ago)

    def takes_a_while(folder, chunk, task, *_):
        set_aside.append(task)
        its.send(("ended", "quick"))

    monkeypatch.setattr("sim.sweep.pool.give_up", takes_a_while)
    pool = Pool(tmp_path, 2, limit_s=1.0, workers=[slow, quick])
    pool._listen()
    assert (set_aside, pool.workers, quick.task) == (["slow"], [quick], None)
