CREATE TABLE a (id INT);
/* outer /* inner */
CREATE TABLE b (id INT);
