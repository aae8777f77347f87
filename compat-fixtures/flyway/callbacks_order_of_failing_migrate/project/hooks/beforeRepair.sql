INSERT INTO journal (event) VALUES ('beforeRepair');
