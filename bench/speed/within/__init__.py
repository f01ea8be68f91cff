"""Program that runs inside a checkout, before or after: it imports the product from there.

Nothing else of `bench` is imported by it: `bench.product` needs the product of today.
"""
