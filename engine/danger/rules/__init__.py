"""The rules, one file for each kind of tool. Rows are data: what they match, what that does, and examples of both."""

from __future__ import annotations

from ..rule import Rule, Tool
from . import (
    accounts,
    applications,
    basics,
    brokers,
    certificates,
    clouds,
    containers,
    databases,
    files,
    hosts,
    kubernetes,
    monitoring,
    networks,
    provisioning,
    servers,
    versions,
    web,
)

MODULES = (
    accounts,
    applications,
    basics,
    brokers,
    certificates,
    clouds,
    containers,
    databases,
    files,
    hosts,
    kubernetes,
    monitoring,
    networks,
    provisioning,
    servers,
    versions,
    web,
)
TOOLS: tuple[Tool, ...] = tuple(tool for module in MODULES for tool in module.TOOLS)
RULES: tuple[Rule, ...] = tuple(rule for module in MODULES for rule in module.RULES)
