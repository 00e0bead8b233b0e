"""Lists of questions that are answered in one go: a file of names, numbers and dates in, a file of what was found out."""
