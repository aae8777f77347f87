SELECT '${name}';
