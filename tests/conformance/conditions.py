"""Conditions of sequence flows over the variables that every instance has."""

CONDITIONS = (
    "${b1}",
    "${!b2}",
    "${b1 && b2}",
    "${n > 4}",
    "${n < 9 && b2}",
    "${s == 'red'}",
    "${s != 'red' || b1}",
)
