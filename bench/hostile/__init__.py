"""Hostile PDFs: each holds an invented person's secrets in one way in which published redactions failed.

`form.py` draws the paper that all of them are; `cover.py`, `letters.py`, `pictures.py`, `pixels.py`, `carriers.py`, `marks.py`
and `revisions.py` have one small function for each way; `cases.py` lists them; `honest.py` has files that hide well;
`recover.py` gets the secrets back out.
"""
