INSERT INTO journal (event) VALUES ('afterRepairOperationFinish');
