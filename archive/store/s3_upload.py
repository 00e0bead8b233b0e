"""One object written in parts: nothing of it is there until the last request, which fails where the key is taken by then."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from minio.error import S3Error
from urllib3.response import BaseHTTPResponse

from archive.store.s3_client import S3Client

PART_BYTES = 8 * 1024 * 1024
"""Parts of one object, all but the last: held in memory one at a time; 10,000 of them, the most S3 takes, are 80 GiB."""

ONLY_IF_ABSENT = {"If-None-Match": "*"}
CHECKSUM = "x-amz-checksum-sha256"


def checksum(data: bytes) -> str:
    """SHA-256 as S3 writes it."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def checksum_of_parts(parts: "Sequence[Part]") -> str:
    """What S3 calls a composite checksum: the SHA-256 of the parts' own, and how many they are."""
    digests = b"".join(base64.b64decode(part.checksum) for part in parts)
    return f"{checksum(digests)}-{len(parts)}"


def tag_of_parts(parts: "Sequence[Part]") -> str:
    """The ETag of an object in parts: the MD5 of the parts' own, and how many they are."""
    digests = b"".join(bytes.fromhex(part.tag) for part in parts)
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"


@dataclass(frozen=True, slots=True)
class Part:
    """A part as the server has it. `checksum` is empty for a part that was copied."""

    number: int
    tag: str
    checksum: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload under way. Errors are those of the SDK and of urllib3."""

    client: S3Client
    bucket: str
    key: str
    upload_id: str

    @classmethod
    def begin(cls, client: S3Client, bucket: str, key: str, headers: dict[str, str]) -> "Upload":
        answer = client.request("POST", bucket, key, query={"uploads": ""}, headers=headers)
        return cls(client, bucket, key, fields(answer)["UploadId"])

    def send(self, number: int, data: bytes, stored: str) -> Part:
        """*stored* is the checksum of *data*: the server reckons it too, and refuses what differs."""
        answer = self._part(number, {CHECKSUM: stored}, data)
        return Part(number, _tag(answer.headers["ETag"]), answer.headers.get(CHECKSUM, ""))

    def copy(self, number: int, source: dict[str, str]) -> Part:
        return Part(number, _tag(fields(self._part(number, source, None))["ETag"]))

    def finish(self, parts: Sequence[Part]) -> dict[str, str]:
        """What the server says of the object. S3Error PreconditionFailed where there is one of this key by now."""
        answer = self.client.request(
            "POST", self.bucket, self.key, query=self._query, headers=dict(ONLY_IF_ABSENT), body=_listed(parts)
        )
        if _name(tree(answer)) == "Error":  # S3 may begin to answer 200 before it knows
            raise S3Error.fromxml(answer)
        return fields(answer)

    def abandon(self) -> None:
        self.client.request("DELETE", self.bucket, self.key, query=self._query)

    @property
    def _query(self) -> dict[str, str]:
        return {"uploadId": self.upload_id}

    def _part(self, number: int, headers: dict[str, str], data: bytes | None) -> BaseHTTPResponse:
        query = {**self._query, "partNumber": str(number)}
        return self.client.request("PUT", self.bucket, self.key, query=query, headers=headers, body=data)


def fields(answer: BaseHTTPResponse) -> dict[str, str]:
    """The elements of an answer that hold text, by their names."""
    return texts(tree(answer))


def tree(answer: BaseHTTPResponse) -> ET.Element:
    return ET.fromstring(answer.data)  # noqa: S314 - our own server's; the parser bounds what entities grow to


def texts(element: ET.Element) -> dict[str, str]:
    return {_name(within): within.text for within in element.iter() if within.text}


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _tag(quoted: str) -> str:
    return quoted.strip('"')


def _listed(parts: Sequence[Part]) -> bytes:
    whole = ET.Element("CompleteMultipartUpload")
    for part in parts:
        entry = ET.SubElement(whole, "Part")
        ET.SubElement(entry, "PartNumber").text = str(part.number)
        ET.SubElement(entry, "ETag").text = f'"{part.tag}"'
        if part.checksum:
            ET.SubElement(entry, "ChecksumSHA256").text = part.checksum
    return ET.tostring(whole)
