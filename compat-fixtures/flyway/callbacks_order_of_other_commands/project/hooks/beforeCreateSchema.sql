INSERT INTO journal (event) VALUES ('beforeCreateSchema');
