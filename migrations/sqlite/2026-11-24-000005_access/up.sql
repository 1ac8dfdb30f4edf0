-- What an account acts as, where, and how far it sees. It counts from its confirmation until it is ended; whoever gets another role gets
-- another membership. No state column: the instants tell.
CREATE TABLE membership (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    account_id BLOB NOT NULL REFERENCES account (id),
    role TEXT NOT NULL CHECK (
        role = 'administrator' OR role = 'official' OR role = 'caseworker' OR role = 'supervisor'
        OR role = 'ngo_coordinator' OR role = 'auditor' OR role = 'applicant'),
    reach TEXT NOT NULL CHECK (
        reach = 'none' OR reach = 'own' OR reach = 'assigned' OR reach = 'office' OR reach = 'national'
        OR reach = 'organisation'),
    office_id BLOB REFERENCES office (id),
    organisation_id BLOB REFERENCES organisation (id),
    person_id BLOB REFERENCES person (id),
    invited_at INTEGER NOT NULL,
    invited_by BLOB REFERENCES account (id),
    accepted_at INTEGER,
    confirmed_at INTEGER,
    confirmed_by BLOB REFERENCES account (id),
    ended_at INTEGER,
    ended_by BLOB REFERENCES account (id),
    CHECK ((role = 'applicant') = (person_id IS NOT NULL)),
    CHECK ((role = 'ngo_coordinator') = (organisation_id IS NOT NULL)),
    CHECK (reach NOT IN ('assigned', 'office') OR office_id IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX membership_live ON membership (account_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX membership_of_person ON membership (person_id) WHERE ended_at IS NULL;
CREATE INDEX membership_by_account ON membership (account_id, invited_at);
CREATE INDEX membership_by_office ON membership (office_id, account_id);
CREATE INDEX membership_by_organisation ON membership (organisation_id, account_id);

-- Whose file it is to keep.
CREATE TABLE assignment (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    account_id BLOB NOT NULL REFERENCES account (id),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    ended_at INTEGER,
    ended_by BLOB REFERENCES account (id),
    PRIMARY KEY (person_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX assignment_live ON assignment (person_id, account_id) WHERE ended_at IS NULL;
CREATE INDEX assignment_by_account ON assignment (account_id, person_id) WHERE ended_at IS NULL;

-- Who must keep away from a file, whatever else they may see.
CREATE TABLE exclusion (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    account_id BLOB NOT NULL REFERENCES account (id),
    ground TEXT NOT NULL CHECK (ground = 'own_file' OR ground = 'kin' OR ground = 'household' OR ground = 'other'),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    ended_at INTEGER,
    ended_by BLOB REFERENCES account (id),
    PRIMARY KEY (person_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX exclusion_live ON exclusion (person_id, account_id) WHERE ended_at IS NULL;
CREATE INDEX exclusion_by_account ON exclusion (account_id, person_id) WHERE ended_at IS NULL;

-- Files that are absent for everybody they are not assigned to.
CREATE TABLE protection (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    ended_at INTEGER,
    ended_by BLOB REFERENCES account (id),
    PRIMARY KEY (person_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX protection_live ON protection (person_id) WHERE ended_at IS NULL;

-- Breaking the glass: one file, one account, a purpose and a reason, until an instant; then somebody else judges it.
CREATE TABLE access_grant (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    account_id BLOB NOT NULL REFERENCES account (id),
    office_id BLOB REFERENCES office (id),
    purpose TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    reviewed_at INTEGER,
    reviewed_by BLOB REFERENCES account (id),
    outcome TEXT CHECK (outcome IN ('justified', 'unjustified')),
    note TEXT,
    PRIMARY KEY (person_id, id),
    CHECK (reviewed_by <> account_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX access_grant_by_account ON access_grant (account_id, person_id, expires_at);
CREATE UNIQUE INDEX access_grant_by_id ON access_grant (id);
CREATE INDEX access_grant_to_review ON access_grant (office_id, id) WHERE reviewed_at IS NULL;

-- What a person allowed one organisation for one purpose.
CREATE TABLE consent (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    purpose TEXT NOT NULL CHECK (purpose = 'language_course'),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_by BLOB REFERENCES account (id),
    PRIMARY KEY (person_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX consent_live ON consent (person_id, organisation_id, purpose) WHERE ended_at IS NULL;
CREATE INDEX consent_by_organisation ON consent (organisation_id, person_id) WHERE ended_at IS NULL;
