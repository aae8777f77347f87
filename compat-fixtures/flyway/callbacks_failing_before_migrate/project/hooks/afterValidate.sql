INSERT INTO journal (event) VALUES ('afterValidate');
