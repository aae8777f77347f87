SELECT broken FROM nowhere;
