DROP TABLE consent;
DROP TABLE access_grant;
DROP TABLE protection;
DROP TABLE exclusion;
DROP TABLE assignment;
DROP TABLE membership;
