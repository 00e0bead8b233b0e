"""Having done again what was done: pages read, the index rebuilt, fields put right by a person."""
