"""National records, lists and documents → YAML drafts that a person reviews; nothing is dropped silently."""
