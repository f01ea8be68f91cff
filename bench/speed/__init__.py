"""Measured speed: the product before and after, beside the bare work, as ratios in one run."""
