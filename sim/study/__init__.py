"""Asking: runs, comparisons and sweeps, and the results they leave in folders."""
