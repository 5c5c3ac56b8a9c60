package dev.keepsake.store;

import dev.keepsake.fault.Problem;
import dev.keepsake.schema.Field;
import dev.keepsake.schema.Kind;
import dev.keepsake.value.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * Whether a kind as somebody knows it fits the record that a store keeps of it: its objects are identified alike, expire alike, and have no
 * values that are never equal. Fields may lack on either side. Stateless.
 */
public final class Fitting {
    private Fitting() {}

    /**
     * What does not fit, each in words.
     *
     * @param isAlike whether values of the field that is kept, the first, can equal those of the one that is wanted
     */
    public static List<String> misfits(Kind wanted, Kind kept, BiPredicate<Field, Field> isAlike) {
        List<String> misfits = new ArrayList<>();
        if (!wanted.id().equals(kept.id())) {
            misfits.add("its objects are identified by " + named(kept.id()) + ", not " + named(wanted.id()));
        }
        if (!wanted.expiry().equals(kept.expiry())) {
            misfits.add(
                    kept.expiry().map(field -> "its objects expire by " + field).orElse("its objects never expire"));
        }
        for (Field field : wanted.fields()) {
            kept.field(field.name())
                    .filter(there -> !isAlike.test(there, field))
                    .ifPresent(
                            there -> misfits.add(field.name() + " is " + there.type() + " there, not " + field.type()));
        }
        return misfits;
    }

    private static String named(List<String> id) {
        return id.isEmpty() ? "nothing" : String.join(", ", id);
    }

    /** Whether values of two types can be equal. */
    public static boolean isAlike(Type one, Type other) {
        return one.getClass() == other.getClass()
                || (Type.numeric(one) && Type.numeric(other))
                || one instanceof Type.Any
                || other instanceof Type.Any
                || (Type.nested(one) && Type.nested(other));
    }

    /**
     * Refuses a kind that does not fit.
     *
     * @throws dev.keepsake.fault.Invalid {@code kind-mismatch}, all misfits together
     */
    public static void require(Kind kept, List<String> misfits) {
        if (!misfits.isEmpty()) {
            throw Problem.KIND_MISMATCH
                    .because("kind %s does not fit what is there: %s", kept.name(), String.join("; ", misfits))
                    .hint("declare it as inspect shows it, or under another name")
                    .fault();
        }
    }
}
