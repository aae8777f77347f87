CREATE TABLE a (
  id INT
);
-- comment
CREATE TABLE b (id INT);
