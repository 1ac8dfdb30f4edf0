-- The rows of an event come in with it, by one statement of one function, and an event is never removed: the checks of them
-- against each other never fail, and each event paid for three of them. Partitions by month, which the log will have, cannot be referred to by id either.
ALTER TABLE audit_body DROP CONSTRAINT audit_body_event_id_fkey;
ALTER TABLE audit_subject DROP CONSTRAINT audit_subject_event_id_fkey;
ALTER TABLE audit_pending DROP CONSTRAINT audit_pending_event_id_fkey;
