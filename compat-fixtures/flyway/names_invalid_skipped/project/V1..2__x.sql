SELECT broken;
