"""The front door: gathers the commands of the rooms, and shows them at work on sample documents."""
