"""Hostile PDFs: each holds an invented person's secrets in one way in which published redactions failed.

`form.py` draws the paper that all of them are; `cover.py`, `letters.py`, `paths.py`, `pictures.py`, `pixels.py`, `carriers.py`,
`marks.py`, `revisions.py` and `stowed.py` have one small function for each way; `cases.py` lists them; `honest.py` has files
that hide well; `recover.py` and `dig.py` get the secrets back out.
"""
