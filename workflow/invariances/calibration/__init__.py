"""The instrument's own error: observers whose thresholds follow from a formula, measured as networks are.

``formulas`` has what is read off a transformed picture, ``expected`` the thresholds that follow; both know
nothing of the code that is measured. ``observers`` are the networks that read, ``rows`` sends them through
the sweep, the search and the tables of thresholds, and holds one against the other.
"""
