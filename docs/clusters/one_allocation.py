"""A sweep within one allocation of Slurm: Dask's scheduler, this client and all workers are tasks of one job.

    chokepoint sweep my_sweep.yaml -o my_sweep --plan-only
    sbatch --ntasks=34 --mem-per-cpu=1G --wrap "srun python one_allocation.py my_sweep"

Two of the tasks are the scheduler and the client; each of the others lives chunks.
"""

import sys

from dask_jobqueue.slurm import SLURMRunner
from distributed import Client

from sim.sweep.dask import through
from sim.sweep.plan import Plan

if __name__ == "__main__":
    plan = Plan.open(sys.argv[1])
    with SLURMRunner(scheduler_file=f"{sys.argv[1]}/scheduler-{{job_id}}.json") as runner, Client(runner) as client:
        client.wait_for_workers(runner.n_workers)
        through(client.get_executor(pure=False, retries=2), plan, plan.missing())
