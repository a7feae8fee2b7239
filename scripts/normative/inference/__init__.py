"""Intervals, tests and their corrections, and simulations that check them."""
