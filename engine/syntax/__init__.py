"""Syntax trees of shell and SQL text: where a command list or statement is complete, and what place a word holds."""
