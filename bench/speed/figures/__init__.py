"""Figures of the table, one module each: its goals, and how it is measured."""
