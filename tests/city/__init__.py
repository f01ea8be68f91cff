"""A whole city in small: what is promised of its queries and sizes."""
