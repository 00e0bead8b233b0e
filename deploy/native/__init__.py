"""The servers of `docker-compose.yml` without containers: what tests, CI and a machine without a container engine use."""
