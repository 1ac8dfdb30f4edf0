DROP TABLE audit_pending;
DROP TABLE audit_subject;
DROP TABLE audit_body;
DROP TABLE audit_event;
DROP FUNCTION audit_event_stays;
