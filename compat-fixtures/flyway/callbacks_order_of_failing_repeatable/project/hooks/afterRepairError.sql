INSERT INTO journal (event) VALUES ('afterRepairError');
