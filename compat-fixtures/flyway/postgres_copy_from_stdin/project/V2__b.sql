COPY a FROM STDIN WITH (FORMAT csv, HEADER);
id,name
5,"five, 5"
\.
