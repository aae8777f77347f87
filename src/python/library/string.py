import re

whitespace = " \t\n\r\v\f"
ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdef" + "ABCDEF"
octdigits = "01234567"
punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    return (sep or " ").join(word.capitalize() for word in s.split(sep))


class Template:
    delimiter = "$"

    def __init__(self, template):
        self.template = template

    def _expand(self, values, strict):
        def replace(match):
            if match.group(1):
                return self.delimiter
            name = match.group(2) or match.group(3)
            if name is None:
                if strict:
                    raise ValueError("Invalid placeholder in string")
                return match.group(0)
            if not strict and name not in values:
                return match.group(0)
            return str(values[name])

        mark = re.escape(self.delimiter)
        pattern = mark + r"(?:(" + mark + r")|([_a-zA-Z][_a-zA-Z0-9]*)|\{([_a-zA-Z][_a-zA-Z0-9]*)\}|)"
        return re.sub(pattern, replace, self.template)

    def substitute(self, mapping=None, /, **keywords):
        return self._expand({**(mapping or {}), **keywords}, True)

    def safe_substitute(self, mapping=None, /, **keywords):
        return self._expand({**(mapping or {}), **keywords}, False)


class Formatter:
    def format(self, text, /, *args, **keywords):
        return text.format(*args, **keywords)
