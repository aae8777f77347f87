SELECT '한글';
