"""All cases, by topic; they are run and listed by RFC and section."""

from . import (
    chunks,
    conditionals,
    connections,
    documents,
    expectations,
    fields,
    framing,
    hosts,
    limits,
    lines,
    methods,
    ranges,
    smuggling,
    statuses,
    targets,
    timeouts,
    upgrades,
)

_TOPICS = [
    lines, targets, hosts, fields, methods, expectations, framing, chunks, smuggling, connections,
    upgrades, statuses, conditionals, ranges, documents, limits, timeouts,
]
ALL = sorted((case for topic in _TOPICS for case in topic.CASES), key=lambda case: case.order)
