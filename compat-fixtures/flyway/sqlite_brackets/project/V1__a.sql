CREATE TABLE [odd;name] (id INT);
