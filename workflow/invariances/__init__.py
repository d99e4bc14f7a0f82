"""Studying the invariances of trained convolutional networks."""
