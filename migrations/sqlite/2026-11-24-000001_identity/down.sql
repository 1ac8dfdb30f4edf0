DROP TABLE idempotency;
DROP TABLE account;
DROP TABLE office;
DROP TABLE installation;
