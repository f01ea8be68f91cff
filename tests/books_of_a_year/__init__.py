"""Books of one year, worked out by hand: two compounds, every rule, way to pay and refund."""
