"""One module per kind of paper. Each has `draw(case, setting) -> tuple[Sheet, ...]`, one sheet per page."""
