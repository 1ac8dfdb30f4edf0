ALTER TABLE audit_body ADD CONSTRAINT audit_body_event_id_fkey FOREIGN KEY (event_id) REFERENCES audit_event (event_id);
ALTER TABLE audit_subject ADD CONSTRAINT audit_subject_event_id_fkey FOREIGN KEY (event_id) REFERENCES audit_event (event_id);
ALTER TABLE audit_pending ADD CONSTRAINT audit_pending_event_id_fkey FOREIGN KEY (event_id) REFERENCES audit_event (event_id);
