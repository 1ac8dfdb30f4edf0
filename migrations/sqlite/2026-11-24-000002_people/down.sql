DROP TABLE person_name_key;
DROP TABLE nationality;
DROP TABLE person_name;
DROP TABLE person_record;
DROP TABLE person;
