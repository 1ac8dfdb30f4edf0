DROP TABLE certificate;
DROP TABLE placement;
DROP TABLE attendance;
