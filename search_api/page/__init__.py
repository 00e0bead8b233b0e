"""The search page: template, script, style and words."""
