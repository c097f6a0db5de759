"""Sweeping: many runs by one plan, cut into chunks that anybody can live."""
