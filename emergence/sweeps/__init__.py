"""Sweeps: many experiments on a grid, and the exponents that are measured from them."""
