package dev.keepsake.contract;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The rows of the requirements that a test asserts, each by its id: {@code @Row({"S1-08", "S1-09"})}. Ranges are not
 * understood.
 *
 * <p>On a class it holds for every test method that has no rows of its own, those of subclasses and nested classes
 * included.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Row {
    /** The ids of the rows. */
    String[] value();
}
