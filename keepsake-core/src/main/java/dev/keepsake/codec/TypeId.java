package dev.keepsake.codec;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name by which objects of a class are known in the store, whatever becomes of the class's own: it names the kind, or, for
 * a class of a hierarchy, marks its objects among those of the others. Rename the class, and old objects still load.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface TypeId {
    /** The name, any text. */
    String value();
}
