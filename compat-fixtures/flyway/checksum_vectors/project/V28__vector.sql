SELECT '한글';
