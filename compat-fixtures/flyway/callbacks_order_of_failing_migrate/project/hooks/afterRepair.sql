INSERT INTO journal (event) VALUES ('afterRepair');
