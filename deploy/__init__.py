"""The servers of a distributed archive: with containers (`docker-compose.yml`) or without (`deploy.native`).

Not part of the wheel.
"""
