def dedent(text):
    lines = text.split("\n")
    margin = None
    cleaned = []
    for line in lines:
        body = line.lstrip(" \t")
        if not body:
            cleaned.append("")
            continue
        cleaned.append(line)
        indent = line[: len(line) - len(body)]
        if margin is None or margin.startswith(indent):
            margin = indent
        elif not indent.startswith(margin):
            common = 0
            while common < len(margin) and margin[common] == indent[common]:
                common += 1
            margin = margin[:common]
    if margin:
        width = len(margin)
        cleaned = [line[width:] if line else line for line in cleaned]
    return "\n".join(cleaned)


def indent(text, prefix, predicate=None):
    if predicate is None:
        predicate = str.strip
    return "".join(
        prefix + line if predicate(line) else line for line in text.splitlines(True)
    )


def wrap(text, width=70, *, initial_indent="", subsequent_indent="", **options):
    lines = []
    line = initial_indent
    started = False
    for word in text.split():
        if started and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = subsequent_indent
            started = False
        while len(line) + len(word) > width and len(word) > width - len(line) and not started:
            room = max(width - len(line), 1)
            if len(word) <= room:
                break
            lines.append(line + word[:room])
            word = word[room:]
            line = subsequent_indent
        line += (" " if started else "") + word
        started = True
    if started:
        lines.append(line)
    return lines


def fill(text, width=70, **options):
    return "\n".join(wrap(text, width, **options))


def shorten(text, width, *, placeholder=" [...]", **options):
    words = text.split()
    whole = " ".join(words)
    if len(whole) <= width:
        return whole
    kept = ""
    for word in words:
        longer = f"{kept} {word}" if kept else word
        if len(longer) + len(placeholder) > width:
            break
        kept = longer
    return (kept + placeholder) if kept else placeholder.lstrip()
