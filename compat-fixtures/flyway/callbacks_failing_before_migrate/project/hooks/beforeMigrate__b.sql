INSERT INTO journal (event) VALUES ('b');
SELECT * FROM nowhere;
