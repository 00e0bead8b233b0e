"""One recognizer a file: `find(passage)` gives the candidates on one page, pure and in any order."""

from collections.abc import Callable, Iterator

from workers.extract.passage import Candidate, Passage
from workers.extract.recognizers import (
    address,
    age,
    amount,
    application_number,
    bank_card,
    birth_date,
    certificate_number,
    claim_number,
    device,
    diagnosis,
    email,
    health_text,
    identity_card,
    internet,
    invoice_number,
    loss_date,
    machine_readable_zone,
    medical_record_number,
    medication,
    messenger,
    occupation,
    organisation,
    passport,
    person_name,
    phone,
    policy_number,
    regional_identity,
    secret,
    united_states,
    vehicle,
)

Find = Callable[[Passage], Iterator[Candidate]]

_EVERYWHERE: dict[str, Find] = {
    "identity_card": identity_card.find,
    "bank_card": bank_card.find,
    "phone": phone.find,
    "email": email.find,
    "policy_number": policy_number.find,
    "claim_number": claim_number.find,
    "application_number": application_number.find,
    "person_name": person_name.find,
    "birth_date": birth_date.find,
    "loss_date": loss_date.find,
    "address": address.find,
    "amount": amount.find,
    "diagnosis": diagnosis.find,
    "health_text": health_text.find,
    "medical_record_number": medical_record_number.find,
    "invoice_number": invoice_number.find,
    "passport": passport.find,
    "certificate_number": certificate_number.find,
    "secret": secret.find,
    "organisation": organisation.find,
    "vehicle": vehicle.find,
    "united_states": united_states.find,
    "internet": internet.find,
    "device": device.find,
    "age": age.find,
    "occupation": occupation.find,
    "medication": medication.find,
    "machine_readable_zone": machine_readable_zone.find,
}
CHINESE: dict[str, Find] = {**_EVERYWHERE, "regional_identity": regional_identity.find, "messenger": messenger.find}
"""For pages with any Chinese character: forms mix both languages, so these know English shapes as well."""

ENGLISH: dict[str, Find] = _EVERYWHERE
"""For pages without one."""
