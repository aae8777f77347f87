INSERT INTO journal (event) VALUES ('afterBaselineError');
