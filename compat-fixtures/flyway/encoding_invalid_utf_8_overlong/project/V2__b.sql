SELECT 'À€';
