package dev.keepsake.codec;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * How deep plain references lead. Each level costs a query when an object is loaded, so that there are at most three, and
 * none leads back; a {@link Ref} ends the line.
 */
final class Depth {
    static final int MOST = 3;

    private Depth() {}

    static void check(Collection<Codec<?>> codecs, List<String> mistakes) {
        for (Codec<?> codec : codecs) {
            follow(codec, new ArrayDeque<>(), mistakes);
        }
    }

    private static void follow(Codec<?> codec, Deque<Relation.ToOne> line, List<String> mistakes) {
        for (Relation relation : codec.relations()) {
            if (relation instanceof Relation.ToOne one && !one.lazy()) {
                line.addLast(one);
                boolean back = line.stream()
                                .limit(line.size() - 1L)
                                .anyMatch(before ->
                                        before.ownerKind().equals(one.codec().kind()))
                        || one.ownerKind().equals(one.codec().kind());
                if (back) {
                    mistakes.add(cure(line, "leads back to " + one.target().getSimpleName()));
                } else if (line.size() > MOST) {
                    mistakes.add(cure(line, "is the fourth reference in a row that is loaded with its owner"));
                } else {
                    follow(one.codec(), line, mistakes);
                }
                line.removeLast();
            }
        }
    }

    private static String cure(Deque<Relation.ToOne> line, String what) {
        Relation.ToOne last = line.getLast();
        return last.owner().getName() + "." + last.name() + " " + what + ": declare it as Ref<"
                + last.target().getSimpleName() + ">, which is loaded when it is asked for";
    }
}
