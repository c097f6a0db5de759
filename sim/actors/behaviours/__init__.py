"""How organisations choose: one small class a behaviour, found by its kind."""
