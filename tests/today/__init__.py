"""The list of what a head has to do."""
