"""A whole city of any size: written by the product's models, asked as people ask, measured."""
