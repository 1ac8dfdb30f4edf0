-- Documents that were handed in. The particulars keep every version; what is in a document is a row of its own, so that lists do not read it.
CREATE TABLE document (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
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
    issued_on DATE,
    valid_from DATE,
    valid_to DATE,
    language TEXT,
    translation_of BYTEA CHECK (length(translation_of) = 16),
    content_version INTEGER,
    media_type TEXT CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    size_bytes INTEGER CHECK (size_bytes > 0),
    sha256 BYTEA CHECK (length(sha256) = 32),
    received_at BIGINT,
    received_from BYTEA REFERENCES account (id),
    judgement TEXT CHECK (judgement IN ('accepted', 'rejected')),
    judged_at BIGINT,
    judged_by BYTEA REFERENCES account (id),
    reason TEXT,
    added_at BIGINT NOT NULL,
    added_by BYTEA REFERENCES account (id),
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
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
);

CREATE UNIQUE INDEX document_live ON document (person_id, id) WHERE superseded_at IS NULL;

-- Sealed. The version is the document's at which the content came; it is never written over.
CREATE TABLE document_content (
    person_id BYTEA NOT NULL REFERENCES person (id),
    document_id BYTEA NOT NULL CHECK (length(document_id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    content BYTEA NOT NULL,
    PRIMARY KEY (person_id, document_id, version)
);

-- What somebody has on paper cannot be changed here.
CREATE TABLE receipt (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    reference TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('desk', 'post', 'online')),
    items TEXT NOT NULL,
    deadline TEXT,
    due_on DATE,
    due_at BIGINT,
    sources TEXT,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    PRIMARY KEY (person_id, id),
    CHECK ((deadline IS NULL) = (due_on IS NULL)),
    CHECK ((deadline IS NULL) = (sources IS NULL)),
    CHECK (due_at IS NULL OR deadline IS NOT NULL)
);

CREATE UNIQUE INDEX receipt_reference ON receipt (reference);
CREATE INDEX receipt_by_time ON receipt (person_id, recorded_at, id);

-- Sealed bytes do not get smaller.
ALTER TABLE document_content ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE FUNCTION handed_in_stays() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'what was handed in is not changed'; END $$;
CREATE TRIGGER document_content_is_not_changed BEFORE UPDATE ON document_content
FOR EACH ROW EXECUTE FUNCTION handed_in_stays();
CREATE TRIGGER receipt_is_not_changed BEFORE UPDATE ON receipt
FOR EACH ROW EXECUTE FUNCTION handed_in_stays();
