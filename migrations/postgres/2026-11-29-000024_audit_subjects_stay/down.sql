DROP TRIGGER audit_body_is_not_changed ON audit_body;
DROP TRIGGER audit_subject_is_not_truncated ON audit_subject;
DROP TRIGGER audit_subject_is_not_changed ON audit_subject;
