package dev.keepsake.value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the text form of a {@link Type} by recursive descent. */
final class TypeParser {
    private final String text;
    private int at;

    TypeParser(String text) {
        this.text = text;
    }

    Type whole() {
        Type type = type();
        if (at < text.length()) {
            throw wrong("the end");
        }
        return type;
    }

    private Type type() {
        String name = word();
        return switch (name) {
            case "boolean" -> Type.BOOLEAN;
            case "double" -> Type.DOUBLE;
            case "bytes" -> Type.BYTES;
            case "uuid" -> Type.UUID;
            case "object_id" -> Type.OBJECT_ID;
            case "date" -> Type.DATE;
            case "any" -> Type.ANY;
            case "integer" -> new Type.Int(number(64));
            case "text" -> new Type.Text(number(0));
            case "time" -> new Type.Time(number(3));
            case "datetime" -> new Type.DateTime(number(3));
            case "instant" -> new Type.Instant(number(3));
            case "decimal" -> decimal();
            case "list" -> new Type.Sequence(argument());
            case "map" -> new Type.Dictionary(argument());
            case "struct" -> struct();
            default -> throw wrong("a type");
        };
    }

    private Type decimal() {
        List<Integer> numbers = numbers();
        return numbers.isEmpty()
                ? Type.DECIMAL
                : new Type.Decimal(numbers.get(0), numbers.size() > 1 ? numbers.get(1) : 0);
    }

    private Type argument() {
        expect('(');
        Type type = type();
        expect(')');
        return type;
    }

    private Type struct() {
        Map<String, Type> members = new LinkedHashMap<>();
        expect('(');
        while (!peek(')')) {
            if (!members.isEmpty()) {
                expect(',');
                skip();
            }
            String name = memberName();
            skip();
            if (members.put(name, type()) != null) {
                throw wrong("one member named " + name);
            }
        }
        expect(')');
        return new Type.Struct(members);
    }

    private String memberName() {
        int start = at;
        if (peek('`')) {
            at++;
            while (at < text.length() && !(text.charAt(at) == '`' && !text.startsWith("``", at))) {
                at += text.startsWith("``", at) ? 2 : 1;
            }
            expect('`');
        } else {
            while (at < text.length() && text.charAt(at) != ' ') {
                at++;
            }
        }
        Path name = Path.parse(text.substring(start, at));
        if (name.nested()) {
            at = start;
            throw wrong("the name of a member");
        }
        return name.field();
    }

    private int number(int otherwise) {
        List<Integer> numbers = numbers();
        return numbers.isEmpty() ? otherwise : numbers.getFirst();
    }

    private List<Integer> numbers() {
        List<Integer> numbers = new ArrayList<>();
        if (peek('(')) {
            do {
                at++;
                skip();
                int start = at;
                while (at < text.length() && Character.isDigit(text.charAt(at)) && at - start < 9) {
                    at++;
                }
                if (start == at) {
                    throw wrong("a number");
                }
                numbers.add(Integer.parseInt(text.substring(start, at)));
            } while (peek(','));
            expect(')');
        }
        return numbers;
    }

    private String word() {
        int start = at;
        while (at < text.length() && (Character.isLetter(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        return text.substring(start, at);
    }

    private void skip() {
        while (peek(' ')) {
            at++;
        }
    }

    private boolean peek(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private void expect(char c) {
        if (!peek(c)) {
            throw wrong("'" + c + "'");
        }
        at++;
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException("expected " + expected + " at position " + at + " of type " + text);
    }
}
