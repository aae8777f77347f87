import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Writes JSON that reads well in a diff: a container of plain values takes one line, and
 * characters that cannot be seen are escaped.
 */
final class JsonText {
    private final StringBuilder out = new StringBuilder();

    private JsonText() {}

    static String write(Object value) {
        JsonText text = new JsonText();
        text.value(value, 0);
        return text.out.append('\n').toString();
    }

    private void value(Object value, int depth) {
        if (value instanceof Map<?, ?> map) {
            container('{', '}', map.entrySet(), map.values(), depth);
        } else if (value instanceof List<?> list) {
            container('[', ']', list, list, depth);
        } else if (value instanceof Map.Entry<?, ?> entry) {
            string((String) entry.getKey());
            out.append(": ");
            value(entry.getValue(), depth);
        } else if (value instanceof String text) {
            string(text);
        } else {
            out.append(value);
        }
    }

    private void container(char open, char close, Collection<?> items, Collection<?> values, int depth) {
        boolean oneLine = values.stream().noneMatch(JsonText::isFilledContainer);
        out.append(open);
        for (Iterator<?> iterator = items.iterator(); iterator.hasNext(); ) {
            newLine(oneLine, depth + 1);
            value(iterator.next(), depth + 1);
            if (iterator.hasNext()) {
                out.append(oneLine ? ", " : ",");
            }
        }
        newLine(oneLine, depth);
        out.append(close);
    }

    private void newLine(boolean oneLine, int depth) {
        if (!oneLine) {
            out.append('\n').append("  ".repeat(depth));
        }
    }

    private static boolean isFilledContainer(Object value) {
        return value instanceof Map<?, ?> map && !map.isEmpty() || value instanceof List<?> list && !list.isEmpty();
    }

    private void string(String text) {
        out.append('"');
        text.chars().forEach(this::character);
        out.append('"');
    }

    private void character(int unit) {
        switch (unit) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (isInvisible(unit)) {
                    out.append(String.format("\\u%04x", unit));
                } else {
                    out.append((char) unit);
                }
            }
        }
    }

    private static boolean isInvisible(int unit) {
        return unit < 0x20
                || unit >= 0x7F && unit <= 0xA0
                || unit == 0x2028
                || unit == 0x2029
                || unit == 0xFEFF
                || unit == 0xFFFD
                || unit >= 0xE000 && unit <= 0xF8FF;
    }
}
