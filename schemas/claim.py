"""What a claim document says: its class, the claim's fields and every entity, each with where it came from."""

from dataclasses import dataclass, field

from schemas.entity import Entity
from schemas.geometry import Quad

DOCUMENT_CLASSES = (
    "claim_application",  # 理赔申请书
    "outpatient_record",  # 门诊病历
    "discharge_summary",  # 出院小结
    "medical_bill",  # 医疗费票据
    "identity_card",  # 身份证复印件
    "accident_certificate",  # 事故证明
    "power_of_attorney",  # 委托书
    "insurance_claim_form",  # CMS-1500, UB-04
    "insurance_card",
    "receipt",
    "register",
    "other",
)

FIELD_NAMES = (
    "insured",
    "policyholder",
    "claimant",
    "beneficiary",
    "policy_number",
    "report_number",
    "case_number",
    "claim_number",
    "identity_number",
    "phone",
    "loss_date",
    "report_date",
    "admission_date",
    "discharge_date",
    "birth_date",
    "amount",
    "hospital",
    "diagnosis",
    "insurer",
    "status",
)

CLAIM_STATUSES = (
    "reported",
    "opened",
    "documents_wanted",
    "in_review",
    "decided",
    "paid",
    "refused",
    "withdrawn",
    "closed",
    "other",
)
"""Where a claim stands, as what is written there is understood; `other` where it is not."""


@dataclass(frozen=True, slots=True)
class ClaimField:
    """One value of the claim and the place it was read; `confidence` None means unknown.

    `provenance` is `read` (found by the machine) or `confirmed` (a person said that it is so; no reading changes it).
    """

    value: str = field(repr=False)
    page_number: int
    box: Quad | None = None
    confidence: float | None = None
    provenance: str = "read"


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything found in one document. Field names are of FIELD_NAMES, the class of DOCUMENT_CLASSES."""

    document_class: str
    fields: dict[str, ClaimField]
    entities: tuple[Entity, ...]

    def __post_init__(self) -> None:
        if self.document_class not in DOCUMENT_CLASSES:
            raise ValueError(f"unknown document class {self.document_class!r}")
        if unknown := sorted(set(self.fields) - set(FIELD_NAMES)):
            raise ValueError(f"unknown claim fields {unknown}")
