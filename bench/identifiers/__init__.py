"""Invented identifiers of every kind of docs/identifiers.md in the places where forms put them, whole and damaged by OCR."""
