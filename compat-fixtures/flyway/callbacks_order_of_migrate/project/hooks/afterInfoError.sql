INSERT INTO journal (event) VALUES ('afterInfoError');
