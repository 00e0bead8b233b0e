"""Finding and checking: what a searcher asks and sees, by command, over HTTP and on the page at `/`."""
