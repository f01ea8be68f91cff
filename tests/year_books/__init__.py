"""Year-end books of a compound: equal to the journals, in memory that does not grow."""
