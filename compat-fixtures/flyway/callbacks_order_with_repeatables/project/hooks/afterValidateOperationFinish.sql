INSERT INTO journal (event) VALUES ('afterValidateOperationFinish');
