-- The few administrators, found among all who act as something.
CREATE INDEX membership_of_administrator ON membership (office_id, account_id) WHERE role = 'administrator' AND ended_at IS NULL;
