INSERT INTO journal (event) VALUES ('afterBaselineOperationFinish');
