INSERT INTO journal (event) VALUES ('beforeRepeatables');
