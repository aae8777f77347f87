INSERT INTO a VALUES ('happy');
