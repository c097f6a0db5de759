#!/bin/bash
# One share of a sweep as a task of an array of jobs, for PBS (OpenPBS, PBS Pro) and, with other names, any batch system:
#   chokepoint sweep my_sweep.yaml -o my_sweep --plan-only
#   qsub -J 1-40 -v SWEEP=my_sweep,SHARES=40 pbs.sh
# and, when all have ended, chokepoint collect my_sweep. Submitted again, it lives what is missing.
#PBS -l select=1:ncpus=1:mem=1gb
#PBS -l walltime=04:00:00
cd "${PBS_O_WORKDIR:-.}" || exit
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMBA_NUM_THREADS=1
exec chokepoint sweep "$SWEEP.yaml" -o "$SWEEP" --jobs 1 --shard "$PBS_ARRAY_INDEX/$SHARES" --quiet
