"""Engines beside each other on pages whose text is known: who reads, what is read, how the readings are judged and shown."""
