"""List and count requests: named parameters that become conditions, sorting, paging. No list is written by hand.

A resource declares a `ListQuery`: which parameters it knows, what each means for the rows, and what it may be sorted by.
"""
