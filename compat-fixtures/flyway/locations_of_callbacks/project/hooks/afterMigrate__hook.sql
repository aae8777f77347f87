INSERT INTO log VALUES ('from callbackLocations');
