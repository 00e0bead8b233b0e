"""What each step of a document's way does: read, plan, hide, finish, and what it leaves."""
