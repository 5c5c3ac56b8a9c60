package dev.keepsake.contract;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Fails a run in which any test was skipped or aborted, naming each. What a store cannot do is asserted to be refused,
 * so there is nothing to skip. JUnit finds this class by itself where this jar is on the class path.
 *
 * <p>A test execution listener cannot fail a run, for JUnit swallows what it throws; the end of the session can.
 */
public final class NoSkips implements LauncherSessionListener {
    private final List<String> skips = Collections.synchronizedList(new ArrayList<>());

    /** For JUnit. */
    public NoSkips() {}

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        session.getLauncher().registerTestExecutionListeners(new TestExecutionListener() {
            @Override
            public void executionSkipped(TestIdentifier test, String reason) {
                skips.add(TestName.of(test) + " was skipped: " + reason);
            }

            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
                    skips.add(TestName.of(test) + " was aborted"
                            + result.getThrowable()
                                    .map(cause -> ": " + cause.getMessage())
                                    .orElse(""));
                }
            }
        });
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (!skips.isEmpty()) {
            throw new IllegalStateException("no test may be skipped:\n  " + String.join("\n  ", skips));
        }
    }
}
