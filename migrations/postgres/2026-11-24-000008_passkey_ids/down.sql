DROP INDEX passkey_by_account;
ALTER TABLE passkey DROP COLUMN id;
CREATE INDEX passkey_by_account ON passkey (account_id);
