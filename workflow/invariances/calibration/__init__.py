"""The instrument's own error: observers whose thresholds follow from a formula, measured as networks are.

``formulas`` and ``maps`` have what is read off a transformed picture, ``expected`` the thresholds that
follow; they know nothing of the code that is measured. ``observers`` are the networks that read, ``table``
sends them through the sweep, the search and the tables of thresholds, and holds one against the other.
"""

CALIBRATED = (
    "translate_x", "translate_y", "rotate", "scale_x", "scale_y", "zoom", "brightness", "contrast",
    "grayscale", "blur", "noise",
    "shear_x", "shear_y", "flip_x", "flip_y", "circular_x", "circular_y", "tilt", "swing",
)  # fmt: skip
"""The transforms that have a formula, the names of ``maps.READINGS``, for what imports none of them."""
