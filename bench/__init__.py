"""Measured attacks on the product: what they cost it, and what other people notice."""
