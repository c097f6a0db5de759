"""What governments change: one small class per lever, found by its kind."""
