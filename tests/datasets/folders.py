"""Folders of pictures, made for tests."""

from sections import opened


def folder(root, **section):
    return opened(name="folder", root=str(root), **section)
