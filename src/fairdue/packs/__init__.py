"""Packs: the data that people who do not program write (policies, playbooks, products, calendars, personas).

This room holds the files and one small reader. Each room validates its own packs; the reader only gives YAML with the
line number of every mapping, so that a linter can name file and line.
"""

from .reader import PACKS, Lined, PackError, line_of, pack_files, parse_yaml, read_yaml

__all__ = ["PACKS", "Lined", "PackError", "line_of", "pack_files", "parse_yaml", "read_yaml"]
