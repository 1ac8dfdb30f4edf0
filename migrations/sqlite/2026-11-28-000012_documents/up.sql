-- Documents that were handed in. The particulars keep every version; what is in a document is a row of its own, so that lists do not read it.
CREATE TABLE document (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL CHECK (kind IN ('passport', 'birth_certificate', 'marriage_certificate', 'dwelling_document',
        'host_application', 'host_id_copy', 'health_certificate', 'photo', 'fee_receipt', 'proof_of_ground',
        'language_certificate', 'proof_of_income', 'application_form', 'questionnaire', 'autobiography',
        'residence_permit_copy', 'court_judgment', 'consent_of_relative', 'consent_of_child', 'no_citizenship_certificate',
        'house_book_page', 'form_a', 'parents_documents', 'adoption_papers', 'employer_petition', 'employment_contract',
        'other_state_certificate', 'translation', 'other')),
    grade TEXT NOT NULL CHECK (grade IN ('original', 'certified_copy', 'copy', 'statement')),
    issuer TEXT,
    number TEXT,
    issued_on TEXT,
    valid_from TEXT,
    valid_to TEXT,
    language TEXT,
    translation_of BLOB CHECK (length(translation_of) = 16),
    content_version INTEGER,
    media_type TEXT CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    size_bytes INTEGER CHECK (size_bytes > 0),
    sha256 BLOB CHECK (length(sha256) = 32),
    received_at INTEGER,
    received_from BLOB REFERENCES account (id),
    judgement TEXT CHECK (judgement IN ('accepted', 'rejected')),
    judged_at INTEGER,
    judged_by BLOB REFERENCES account (id),
    reason TEXT,
    added_at INTEGER NOT NULL,
    added_by BLOB REFERENCES account (id),
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (valid_to >= valid_from),
    CHECK (translation_of <> id),
    CHECK (content_version <= version),
    CHECK ((content_version IS NULL) = (media_type IS NULL)),
    CHECK ((content_version IS NULL) = (size_bytes IS NULL)),
    CHECK ((content_version IS NULL) = (sha256 IS NULL)),
    CHECK ((content_version IS NULL) = (received_at IS NULL)),
    CHECK (judgement IS NULL OR content_version IS NOT NULL),
    CHECK ((judgement IS NULL) = (judged_at IS NULL)),
    CHECK ((judgement IS NULL) = (reason IS NULL)),
    CONSTRAINT document_accepted_by_another CHECK (judgement <> 'accepted' OR judged_by <> received_from),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX document_live ON document (person_id, id) WHERE superseded_at IS NULL;

-- Sealed. The version is the document's at which the content came; it is never written over.
CREATE TABLE document_content (
    person_id BLOB NOT NULL REFERENCES person (id),
    document_id BLOB NOT NULL CHECK (length(document_id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    content BLOB NOT NULL,
    PRIMARY KEY (person_id, document_id, version)
) STRICT;

-- What somebody has on paper cannot be changed here.
CREATE TABLE receipt (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    reference TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('desk', 'post', 'online')),
    items TEXT NOT NULL,
    deadline TEXT,
    due_on TEXT,
    due_at INTEGER,
    sources TEXT,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    PRIMARY KEY (person_id, id),
    CHECK ((deadline IS NULL) = (due_on IS NULL)),
    CHECK ((deadline IS NULL) = (sources IS NULL)),
    CHECK (due_at IS NULL OR deadline IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX receipt_reference ON receipt (reference);
CREATE INDEX receipt_by_time ON receipt (person_id, recorded_at, id);

CREATE TRIGGER document_content_is_not_changed BEFORE UPDATE ON document_content
BEGIN SELECT RAISE(ABORT, 'what was handed in is not changed'); END;
CREATE TRIGGER receipt_is_not_changed BEFORE UPDATE ON receipt
BEGIN SELECT RAISE(ABORT, 'what was handed in is not changed'); END;
