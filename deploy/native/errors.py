"""What can go wrong before there is a server."""


class CannotProvide(Exception):
    """A server cannot be installed or started. The message says what is wrong and what to do."""


class NotReady(Exception):
    """A server does not answer yet, or not as it should."""
