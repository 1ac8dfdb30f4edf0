DROP TABLE presence_gap;
DROP TABLE crossing;
DROP TABLE address;
DROP TABLE permit;
