SELECT '${nobody}';
