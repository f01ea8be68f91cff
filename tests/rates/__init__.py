"""Series of collection rates: of places, grids and firms, month by month."""
