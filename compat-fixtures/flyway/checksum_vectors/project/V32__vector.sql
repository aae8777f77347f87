SELECT '😀';
