INSERT INTO journal (event) VALUES ('beforeValidate');
