DROP TABLE host_consent;
DROP INDEX address_by_dwelling;
ALTER TABLE address DROP COLUMN dwelling_id;
ALTER TABLE address DROP COLUMN division_code;
DROP TABLE dwelling;
