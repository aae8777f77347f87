SELECT '$${name}';
