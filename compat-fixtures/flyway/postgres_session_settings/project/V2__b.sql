INSERT INTO log VALUES (1, current_setting('timezone')), (2, current_setting('my.mark', true));
