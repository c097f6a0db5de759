"""Compiled arithmetic: arrays in, arrays out. Knows NumPy and Numba, and nothing of the world above it.

Importing this package loads no kernel, so that `chokepoint --help` never waits for a compiler.
"""
