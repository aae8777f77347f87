CREATE TABLE c (
  id INT
);
-- comment
CREATE TABLE d (id INT);
