INSERT INTO journal.events (event) VALUES ('beforeClean');
