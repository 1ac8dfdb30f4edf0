DROP TABLE certificate;
DROP TABLE placement;
DROP TABLE attendance;
DROP FUNCTION issued_by_another();
