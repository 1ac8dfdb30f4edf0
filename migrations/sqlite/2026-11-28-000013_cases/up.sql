-- An application and where it stands. Every move is a version; the term of the office stands as the day it ends, 9999-12-31 where it
-- has none or stands still.
CREATE TABLE case_file (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    kind TEXT NOT NULL CHECK (kind IN ('stay_registration', 'stay_extension', 'temporary_permit', 'permanent_permit', 'work_permit', 'citizenship',
        'affiliation', 'restoration', 'correction_request')),
    state TEXT NOT NULL CHECK (state IN ('filed', 'under_review', 'suspended', 'proposed', 'granted', 'refused', 'withdrawn', 'lapsed', 'appealed')),
    closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
    office_id BLOB NOT NULL REFERENCES office (id),
    ground TEXT,
    channel TEXT NOT NULL CHECK (channel IN ('desk', 'post', 'online')),
    filed_on TEXT NOT NULL,
    term TEXT,
    clock_from TEXT NOT NULL,
    due_on TEXT NOT NULL,
    extended_to TEXT,
    permit_id BLOB,
    assigned_to BLOB REFERENCES account (id),
    offered_to BLOB REFERENCES account (id),
    decision_id BLOB,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (closed = (state IN ('granted', 'refused', 'withdrawn', 'lapsed'))),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX case_file_live ON case_file (person_id, id) WHERE superseded_at IS NULL;
CREATE INDEX case_file_by_id ON case_file (id) WHERE superseded_at IS NULL;
CREATE INDEX case_file_by_office ON case_file (office_id, closed, due_on, id) WHERE superseded_at IS NULL;
CREATE INDEX case_file_by_due ON case_file (closed, due_on, id) WHERE superseded_at IS NULL;
CREATE INDEX case_file_by_keeper ON case_file (assigned_to, closed, due_on, id) WHERE superseded_at IS NULL;

-- What moved a case: one row for each version.
CREATE TABLE case_event (
    person_id BLOB NOT NULL REFERENCES person (id),
    case_id BLOB NOT NULL,
    seq INTEGER NOT NULL CHECK (seq > 0),
    event TEXT NOT NULL CHECK (event IN ('file', 'assign', 'offer', 'accept', 'request_opinion', 'receive_opinion', 'suspend', 'resume', 'extend', 'propose', 'return', 'grant',
        'refuse', 'withdraw', 'lapse', 'appeal', 'uphold', 'remit', 'reopen')),
    to_state TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    reason TEXT,
    note TEXT,
    until TEXT,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    PRIMARY KEY (person_id, case_id, seq),
    FOREIGN KEY (person_id, case_id, seq) REFERENCES case_file (person_id, id, version)
) STRICT, WITHOUT ROWID;

-- Papers of a case: asked for, handed in, looked at. The last row of a paper is where it stands.
CREATE TABLE case_paper (
    person_id BLOB NOT NULL REFERENCES person (id),
    case_id BLOB NOT NULL,
    paper TEXT NOT NULL,
    seq INTEGER NOT NULL CHECK (seq > 0),
    state TEXT NOT NULL CHECK (state IN ('asked', 'received', 'accepted', 'wrong', 'not_needed')),
    document_id BLOB,
    reason TEXT,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    PRIMARY KEY (person_id, case_id, paper, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_task (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    version INTEGER NOT NULL CHECK (version > 0),
    case_id BLOB NOT NULL,
    title TEXT NOT NULL,
    due_on TEXT NOT NULL,
    account_id BLOB REFERENCES account (id),
    done_on TEXT,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB REFERENCES account (id),
    superseded_at INTEGER,
    PRIMARY KEY (person_id, id, version),
    CHECK (superseded_at > recorded_at)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX case_task_live ON case_task (person_id, id) WHERE superseded_at IS NULL;
CREATE INDEX case_task_by_case ON case_task (case_id, due_on, id) WHERE superseded_at IS NULL;

-- The law as it was when a decision was computed: by it the sum can be done again when the program has another.
CREATE TABLE law_archive (
    hash TEXT NOT NULL PRIMARY KEY,
    pack TEXT NOT NULL,
    files TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A proposed decision, with the facts, the sum and the reasons as they were: never changed.
CREATE TABLE decision (
    person_id BLOB NOT NULL REFERENCES person (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    case_id BLOB NOT NULL,
    seq INTEGER NOT NULL CHECK (seq > 0),
    office_id BLOB NOT NULL REFERENCES office (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('grant', 'refuse')),
    proposed_on TEXT NOT NULL,
    reasons TEXT NOT NULL,
    requirements TEXT NOT NULL,
    effect TEXT NOT NULL,
    computed TEXT,
    deviation TEXT,
    deviation_note TEXT,
    calculation TEXT NOT NULL,
    calculation_hash BLOB NOT NULL CHECK (length(calculation_hash) = 32),
    pack TEXT NOT NULL,
    pack_version TEXT NOT NULL,
    pack_hash TEXT NOT NULL REFERENCES law_archive (hash),
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB NOT NULL REFERENCES account (id),
    PRIMARY KEY (person_id, id),
    UNIQUE (person_id, case_id, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX decision_by_id ON decision (id);
CREATE INDEX decision_by_office ON decision (office_id, recorded_at) WHERE deviation IS NOT NULL;

-- What a second official says to it, once; with the letter as it was sent.
CREATE TABLE decision_verdict (
    person_id BLOB NOT NULL REFERENCES person (id),
    decision_id BLOB NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('approved', 'returned')),
    note TEXT,
    letter_az TEXT,
    letter_en TEXT,
    recorded_at INTEGER NOT NULL,
    recorded_by BLOB NOT NULL REFERENCES account (id),
    PRIMARY KEY (person_id, decision_id),
    FOREIGN KEY (person_id, decision_id) REFERENCES decision (person_id, id),
    CHECK ((verdict = 'approved') = (letter_az IS NOT NULL AND letter_en IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- A paper that was demanded and that no list names: refused, and counted.
CREATE TABLE refused_demand (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    office_id BLOB NOT NULL REFERENCES office (id),
    account_id BLOB NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL,
    paper TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX refused_demand_by_office ON refused_demand (office_id, recorded_at);

-- Saved filters of the work queue: one's own, or shared with the office.
CREATE TABLE work_queue (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    account_id BLOB NOT NULL REFERENCES account (id),
    office_id BLOB REFERENCES office (id),
    name TEXT NOT NULL,
    filter TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX work_queue_by_account ON work_queue (account_id, id) WHERE ended_at IS NULL;
CREATE INDEX work_queue_by_office ON work_queue (office_id, id) WHERE ended_at IS NULL;

-- Never alone, whoever writes here: the checks in the program may be missing, these are not.
--
-- Somebody keeps away from a file by an exclusion, because it is the own one, or by a tie of the own file to it, at most one person between.

CREATE TRIGGER conflict_of_interest_decision BEFORE INSERT ON decision
WHEN EXISTS (SELECT 1 FROM exclusion AS e WHERE e.person_id = NEW.person_id AND e.account_id = NEW.recorded_by AND e.ended_at IS NULL)
    OR EXISTS (SELECT 1 FROM staff_person AS s WHERE s.account_id = NEW.recorded_by AND (s.person_id = NEW.person_id
        OR EXISTS (SELECT 1 FROM relationship AS r WHERE r.person_id = NEW.person_id AND r.other_person_id = s.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn)
        OR EXISTS (SELECT 1 FROM relationship AS r WHERE r.person_id = s.person_id AND r.other_person_id = NEW.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn)
        OR EXISTS (SELECT 1 FROM relationship AS r JOIN relationship AS q ON q.other_person_id = r.other_person_id
            WHERE r.person_id = NEW.person_id AND q.person_id = s.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn AND q.superseded_at IS NULL AND NOT q.withdrawn)
        OR EXISTS (SELECT 1 FROM relationship AS r JOIN relationship AS q ON q.person_id = r.other_person_id
            WHERE r.person_id = NEW.person_id AND q.other_person_id = s.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn AND q.superseded_at IS NULL AND NOT q.withdrawn)
        OR EXISTS (SELECT 1 FROM relationship AS r JOIN relationship AS q ON q.other_person_id = r.person_id
            WHERE r.other_person_id = NEW.person_id AND q.person_id = s.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn AND q.superseded_at IS NULL AND NOT q.withdrawn)
        OR EXISTS (SELECT 1 FROM relationship AS r JOIN relationship AS q ON q.person_id = r.person_id
            WHERE r.other_person_id = NEW.person_id AND q.other_person_id = s.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn AND q.superseded_at IS NULL AND NOT q.withdrawn)))
BEGIN
    SELECT RAISE(ABORT, 'conflict_of_interest');
END;

CREATE TRIGGER conflict_of_interest_verdict BEFORE INSERT ON decision_verdict
WHEN EXISTS (SELECT 1 FROM exclusion AS e WHERE e.person_id = NEW.person_id AND e.account_id = NEW.recorded_by AND e.ended_at IS NULL)
    OR EXISTS (SELECT 1 FROM staff_person AS s WHERE s.account_id = NEW.recorded_by AND (s.person_id = NEW.person_id
        OR EXISTS (SELECT 1 FROM relationship AS r WHERE r.person_id = NEW.person_id AND r.other_person_id = s.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn)
        OR EXISTS (SELECT 1 FROM relationship AS r WHERE r.person_id = s.person_id AND r.other_person_id = NEW.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn)
        OR EXISTS (SELECT 1 FROM relationship AS r JOIN relationship AS q ON q.other_person_id = r.other_person_id
            WHERE r.person_id = NEW.person_id AND q.person_id = s.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn AND q.superseded_at IS NULL AND NOT q.withdrawn)
        OR EXISTS (SELECT 1 FROM relationship AS r JOIN relationship AS q ON q.person_id = r.other_person_id
            WHERE r.person_id = NEW.person_id AND q.other_person_id = s.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn AND q.superseded_at IS NULL AND NOT q.withdrawn)
        OR EXISTS (SELECT 1 FROM relationship AS r JOIN relationship AS q ON q.other_person_id = r.person_id
            WHERE r.other_person_id = NEW.person_id AND q.person_id = s.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn AND q.superseded_at IS NULL AND NOT q.withdrawn)
        OR EXISTS (SELECT 1 FROM relationship AS r JOIN relationship AS q ON q.person_id = r.person_id
            WHERE r.other_person_id = NEW.person_id AND q.other_person_id = s.person_id AND r.superseded_at IS NULL AND NOT r.withdrawn AND q.superseded_at IS NULL AND NOT q.withdrawn)))
BEGIN
    SELECT RAISE(ABORT, 'conflict_of_interest');
END;

CREATE TRIGGER four_eyes_verdict BEFORE INSERT ON decision_verdict
WHEN NEW.verdict = 'approved' AND EXISTS (
        SELECT 1 FROM decision AS d WHERE d.person_id = NEW.person_id AND d.id = NEW.decision_id AND (d.recorded_by = NEW.recorded_by
            OR EXISTS (SELECT 1 FROM decision AS other WHERE other.person_id = d.person_id AND other.case_id = d.case_id
                AND other.recorded_by = NEW.recorded_by)
            OR EXISTS (SELECT 1 FROM case_file AS c WHERE c.person_id = d.person_id AND c.id = d.case_id
                AND c.assigned_to = NEW.recorded_by)))
BEGIN
    SELECT RAISE(ABORT, 'four_eyes');
END;

CREATE TRIGGER four_eyes_case BEFORE INSERT ON case_file
WHEN NEW.state IN ('granted', 'lapsed', 'refused', 'appealed') AND NOT EXISTS (
        SELECT 1 FROM decision AS d JOIN decision_verdict AS v ON v.person_id = d.person_id AND v.decision_id = d.id
        WHERE d.person_id = NEW.person_id AND d.id = NEW.decision_id AND d.case_id = NEW.id AND v.verdict = 'approved'
            AND d.outcome = CASE WHEN NEW.state IN ('refused', 'appealed') THEN 'refuse' ELSE 'grant' END)
BEGIN
    SELECT RAISE(ABORT, 'four_eyes');
END;

CREATE TRIGGER four_eyes_case_still BEFORE UPDATE OF state, decision_id ON case_file
WHEN NEW.state IN ('granted', 'lapsed', 'refused', 'appealed') AND NOT EXISTS (
        SELECT 1 FROM decision AS d JOIN decision_verdict AS v ON v.person_id = d.person_id AND v.decision_id = d.id
        WHERE d.person_id = NEW.person_id AND d.id = NEW.decision_id AND d.case_id = NEW.id AND v.verdict = 'approved'
            AND d.outcome = CASE WHEN NEW.state IN ('refused', 'appealed') THEN 'refuse' ELSE 'grant' END)
BEGIN
    SELECT RAISE(ABORT, 'four_eyes');
END;

CREATE TRIGGER final_decision_update BEFORE UPDATE ON decision
BEGIN
    SELECT RAISE(ABORT, 'final');
END;

CREATE TRIGGER final_decision_delete BEFORE DELETE ON decision
BEGIN
    SELECT RAISE(ABORT, 'final');
END;

CREATE TRIGGER final_verdict_update BEFORE UPDATE ON decision_verdict
BEGIN
    SELECT RAISE(ABORT, 'final');
END;

CREATE TRIGGER final_verdict_delete BEFORE DELETE ON decision_verdict
BEGIN
    SELECT RAISE(ABORT, 'final');
END;

CREATE TRIGGER final_event_update BEFORE UPDATE ON case_event
BEGIN
    SELECT RAISE(ABORT, 'final');
END;

CREATE TRIGGER final_event_delete BEFORE DELETE ON case_event
BEGIN
    SELECT RAISE(ABORT, 'final');
END;
