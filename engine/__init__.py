"""Oncue's engine: it knows runbooks and no screen. The map of these files is in README.md beside this one."""

__version__ = "0.1.0"
