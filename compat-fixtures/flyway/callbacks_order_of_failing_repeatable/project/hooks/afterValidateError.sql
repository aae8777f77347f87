INSERT INTO journal (event) VALUES ('afterValidateError');
