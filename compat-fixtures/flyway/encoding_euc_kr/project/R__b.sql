SELECT 'ÇÑ±Û';
