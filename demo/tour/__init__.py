"""The tour: a walk through the running product over HTTP, in chapters that each run alone."""
