-- nothing here
/* nor
here */
