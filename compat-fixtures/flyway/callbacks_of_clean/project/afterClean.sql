INSERT INTO journal.events (event) VALUES ('afterClean');
