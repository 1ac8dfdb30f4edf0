-- Where people are registered. A dwelling is about nobody: who lives there is found through the registrations.
CREATE TABLE dwelling (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    division_code TEXT,
    division TEXT NOT NULL,
    as_printed TEXT NOT NULL,
    -- The same for every spelling of one address.
    key TEXT NOT NULL UNIQUE CHECK (length(key) > 0),
    created_at BIGINT NOT NULL,
    created_by BYTEA REFERENCES account (id)
);

ALTER TABLE address ADD COLUMN division_code TEXT;
ALTER TABLE address ADD COLUMN dwelling_id BYTEA REFERENCES dwelling (id);

CREATE INDEX address_by_dwelling ON address (dwelling_id, person_id) WHERE superseded_at IS NULL;

-- What a host said to the registration of a guest. The guest is the person of the file.
CREATE TABLE host_consent (
    person_id BYTEA NOT NULL REFERENCES person (id),
    id BYTEA NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    -- The registration it is about; none: the host refused, and there is no registration.
    address_id BYTEA CHECK (length(address_id) = 16),
    host_person_id BYTEA REFERENCES person (id),
    host_name TEXT NOT NULL CHECK (length(host_name) > 0),
    host_document_number TEXT,
    -- The day of the host's first word: consent or refusal.
    declared_on DATE NOT NULL,
    given_on DATE,
    refused_on DATE,
    withdrawn_on DATE,
    withdrawn BOOLEAN NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA REFERENCES account (id),
    superseded_at BIGINT,
    PRIMARY KEY (person_id, id, version),
    CHECK (host_person_id <> person_id),
    CHECK (given_on IS NULL OR address_id IS NOT NULL),
    CHECK (given_on IS NOT NULL OR refused_on IS NOT NULL),
    CHECK (declared_on = coalesce(given_on, refused_on)),
    CHECK (refused_on >= given_on),
    CHECK (withdrawn_on IS NULL OR (given_on IS NOT NULL AND refused_on IS NULL)),
    CHECK (withdrawn_on >= given_on),
    CHECK (superseded_at > recorded_at)
);

CREATE UNIQUE INDEX host_consent_live ON host_consent (person_id, id) WHERE superseded_at IS NULL;
