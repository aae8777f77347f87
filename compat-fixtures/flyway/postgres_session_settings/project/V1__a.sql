SET timezone = 'Asia/Seoul';
SET SESSION my.mark = 'left over';
CREATE TABLE log (id INT, text TEXT);
