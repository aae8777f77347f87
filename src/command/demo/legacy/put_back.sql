DO $$
DECLARE
    line TEXT;
BEGIN
    FOR line IN SELECT put_back FROM stillway_put_aside ORDER BY array_position(ARRAY['p', 'u', 'i', 'f'], kind) LOOP
        EXECUTE line;
    END LOOP;
END
$$;
