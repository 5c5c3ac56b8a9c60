package dev.keepsake.contract;

import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestIdentifier;

/** A test's name in reports: the declaring class, a dot, the method; a suite's method has one name on every store. */
final class TestName {
    private TestName() {}

    static String of(TestIdentifier test) {
        return switch (test.getSource().orElse(null)) {
            case MethodSource source -> of(source);
            case ClassSource source -> of(source.getJavaClass());
            case null, default -> test.getDisplayName();
        };
    }

    static String of(MethodSource source) {
        return of(source.getJavaMethod().getDeclaringClass()) + "." + source.getMethodName();
    }

    static String of(Class<?> type) {
        return type.getName().replace('$', '.');
    }
}
