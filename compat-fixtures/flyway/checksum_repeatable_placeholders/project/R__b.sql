SELECT 'World';
