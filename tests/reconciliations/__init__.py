"""Daily reconciliation: the rules, the matcher, and the worker's days."""
