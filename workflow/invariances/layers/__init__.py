"""Where in a network an invariance arises: its layers' outputs under transformed pictures.

``choice`` finds the layers, ``fields`` where their units look, ``moving`` what an equivariant layer would
put out; ``distances`` and ``units`` are what is kept of outputs as they come, ``measuring`` the passes,
``chance`` the same network of random weights, ``table`` numbers with intervals.
"""
