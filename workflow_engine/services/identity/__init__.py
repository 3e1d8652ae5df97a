"""Users, groups and tenants: Django's own, under Camunda's names. A user's id is his login name, a group's id is its name.

    users     users: making, changing, passwords, deleting
    groups    groups and their members
    tenants   tenants and their members
    rights    nobody gains by managing others: what somebody must have himself before he may hand it on

Functions that take `user` check what this user may hand on, if it is one of Django's users; whether he may manage users at
all is the concern of whoever calls.
"""
