"""Things, not decisions: sites, routes, trade, cargo, controls, markets, and the ledger."""
