package dev.keepsake.codec;

import dev.keepsake.schema.Reference;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What becomes of an object when the one that this member refers to is deleted: the delete is refused (as without this
 * annotation), the member becomes null, or the object is deleted too.
 */
@Target({ElementType.FIELD, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
public @interface OnDelete {
    /** What becomes of it. */
    Reference.OnDelete value();
}
