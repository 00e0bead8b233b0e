"""Tables: workbooks and delimited text, read cell by cell, given out as pages, and drawn."""
