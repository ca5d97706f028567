"""Which file belongs to which layer: plan, ignore rules, what is excluded."""
