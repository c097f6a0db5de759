"""Analysing: fitting assumed numbers to what is published, and what finished sweeps say of them."""
