import hashlib

import pytest

from workers.verify.sampling import is_in_share

DIGESTS = [hashlib.sha256(str(at).encode()).hexdigest() for at in range(2_000)]


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_about_the_share_of_the_pages_is_chosen(share):
    assert sum(is_in_share(digest, 1, share) for digest in DIGESTS) == pytest.approx(share * len(DIGESTS), rel=0.2)


def test_none_and_all_are_shares_too():
    assert not any(is_in_share(digest, 1, 0.0) for digest in DIGESTS)
    assert all(is_in_share(digest, 1, 1.0) for digest in DIGESTS)


def test_a_page_is_chosen_or_not_for_good_and_pages_of_a_document_apart():
    chosen = [is_in_share(DIGESTS[0], number, 0.5) for number in range(1, 60)]
    assert chosen == [is_in_share(DIGESTS[0], number, 0.5) for number in range(1, 60)]
    assert 15 < sum(chosen) < 45


def test_a_larger_share_holds_the_smaller_one():
    small = {digest for digest in DIGESTS if is_in_share(digest, 1, 0.1)}
    assert small <= {digest for digest in DIGESTS if is_in_share(digest, 1, 0.3)}
