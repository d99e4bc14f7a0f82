"""Figures for print, drawn from tables alone.

Each module draws one kind of figure and returns a `matplotlib.figure.Figure`; nothing here imports
torch, and nothing here knows how a number was measured. `style` holds what all figures share:
fonts, sizes in millimetres, and the look of a class.
"""
