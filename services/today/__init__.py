"""What heads have to do: one list for each, of what all packages register."""
