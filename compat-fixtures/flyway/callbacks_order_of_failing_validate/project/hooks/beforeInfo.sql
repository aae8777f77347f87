INSERT INTO journal (event) VALUES ('beforeInfo');
