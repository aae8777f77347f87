INSERT INTO journal (event) VALUES ('afterInfoOperationFinish');
