"""Oncue's screens: they know how to show a run, and ask the engine for everything else."""
