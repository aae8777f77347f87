SELECT '${NAME}$$${name}';
