DROP TABLE staff_person;
DROP TABLE relationship;
