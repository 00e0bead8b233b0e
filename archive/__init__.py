"""What is kept, and how: the one room that knows disks, databases, servers and keys."""
