"""The explorer: a run's curves, thresholds, pictures and ITNs as one page that needs no network.

``cells`` and ``squares`` make plain dictionaries of tables, ``pictures`` makes strips of transformed
pictures, ``page`` puts them with the charts' library and what lies in page/ into one HTML file.
"""
