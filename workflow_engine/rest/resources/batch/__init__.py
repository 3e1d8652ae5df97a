"""Batches: lists, one, and what an operator does with it. Making one is in `creating`."""
