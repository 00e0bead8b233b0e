"""What a bucket lists beside its objects: versions, and uploads under way. In order of their keys.

By hand, since the SDK keeps the uploads to itself and stumbles over the times that some servers give versions.
"""

from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter
from xml.etree import ElementTree as ET

from archive.store.s3_client import S3Client
from archive.store.s3_upload import Upload, texts, tree


def versions(client: S3Client, bucket: str, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Key and version of everything whose key begins with *prefix*, marks of deletion among them."""
    for page in _pages(client, bucket, {"versions": "", "prefix": prefix}, "version-id-marker", "NextVersionIdMarker"):
        found = [texts(entry) for kind in ("Version", "DeleteMarker") for entry in page.iterfind(f"{{*}}{kind}")]
        for said in sorted(found, key=itemgetter("Key")):  # some servers list the marks after the versions
            yield said["Key"], said["VersionId"]


def uploads(client: S3Client, bucket: str) -> Iterator[tuple[Upload, datetime]]:
    """Those not finished, with the time when each began."""
    for page in _pages(client, bucket, {"uploads": ""}, "upload-id-marker", "NextUploadIdMarker"):
        for entry in page.iterfind("{*}Upload"):
            said = texts(entry)
            yield Upload(client, bucket, said["Key"], said["UploadId"]), datetime.fromisoformat(said["Initiated"])


def _pages(client: S3Client, bucket: str, query: dict[str, str], marker: str, next_marker: str) -> Iterator[ET.Element]:
    after: dict[str, str] = {}
    while True:
        page = tree(client.request("GET", bucket, query={**query, **after}))
        yield page
        if page.findtext("{*}IsTruncated") != "true":
            return
        after = {
            "key-marker": page.findtext("{*}NextKeyMarker", ""),
            marker: page.findtext(f"{{*}}{next_marker}", ""),
        }
