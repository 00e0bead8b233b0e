"""Tables that hide badly: each keeps values of an invented person in one place where redactions of workbooks forget them."""
