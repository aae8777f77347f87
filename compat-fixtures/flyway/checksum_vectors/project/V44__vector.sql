SELECT '􏿿';
