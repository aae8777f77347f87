-- first
CREATE TABLE a (id INT);

-- 한국어 주석
  CREATE TABEL b (id INT);
CREATE TABLE c (id INT);
