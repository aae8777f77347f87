INSERT INTO journal.events (event) VALUES ('afterCleanError');
