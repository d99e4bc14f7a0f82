"""Figures for print, drawn from tables alone.

A figure is a function under `figure`, one a module, found by `registry`; nothing here imports torch, and
nothing here knows how a number was measured. `style` holds what all figures share: fonts, sizes in
millimetres, and the look of a class.
"""

from .registry import figure

__all__ = ["figure"]
