"""Moving a live archive to other parts, under the same keys; docs/decisions/0015-copying.md gives the reasons."""
