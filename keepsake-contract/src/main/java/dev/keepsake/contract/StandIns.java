package dev.keepsake.contract;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * What the servers that stand in for MongoDB get wrong or lack, test by test: these tests are not run on them, and what they assert is
 * unproven there. It is said at the start of a run. On a server that the environment names all are run. JUnit
 * finds this class by itself where this jar is on the class path.
 *
 * <p>A test that one of them leaves out counts in no table of rows, which so is the same wherever the build runs.
 */
public final class StandIns implements PostDiscoveryFilter, TestExecutionListener {
    /** The tag of tests that need transactions of MongoDB. */
    public static final String TRANSACTIONS = "mongodb-transactions";

    /** mongo-java-server 1.47, of the jar: what is left where nothing is installed. */
    static final String JAVA = "mongo-java-server";

    /** By server, the tests and why. */
    private static final Map<String, Map<String, String>> DEFECTS = Map.of(
            "secantusd-rs",
            Map.of(
                    "aPutNeverTakesTheObjectOfAnEqualUniqueValueForItsOwn",
                    "a unique value that an update gave up is refused to a new document"),
            "secantusd-py",
            Map.of(
                    "randomQueriesHaveTheAnswersOfTheOracle",
                    "the double 0.1 equals the decimal 0.1",
                    "randomFiguresAreThoseOfTheOracle",
                    "the double 0.1 equals the decimal 0.1",
                    "textIsMatchedByCaseUnlessSaidOtherwise",
                    "regular expressions know no \\z",
                    "aNestedTextMatchesARegularExpressionOfEitherCase",
                    "regular expressions know no \\z"),
            JAVA,
            Map.ofEntries(
                    Map.entry(
                            "aUniqueIndexRefusesTheSecondButNotNulls", "indexes of a part of the documents are of all"),
                    Map.entry("anIndexAnswersTheConditionAndTheOrder", "no explain"),
                    Map.entry("aQueryShowsWhatItWouldDoWithoutItsValues", "no explain"),
                    Map.entry("textIsOrderedByCodePoint", "text is ordered by UTF-16"),
                    Map.entry("aTextIsNoNumberAndAMissingFieldIsAbsent", "no $anyElementTrue"),
                    Map.entry("aNestedTextMatchesARegularExpressionOfEitherCase", "no $anyElementTrue"),
                    Map.entry("aPathThroughAListMeansThatSomeElementSatisfies", "no $anyElementTrue"),
                    Map.entry("conditionsAreCombined", "no $anyElementTrue"),
                    Map.entry("aMemberSaysItsNameItsReferenceAndWhatIsInside", "no $anyElementTrue"),
                    Map.entry("figuresOfNothingAreNullAndSumsBeyondSixtyFourBitsAreRefused", "no $toDecimal"),
                    Map.entry("figuresOfGroupsWithConditionsOnTheResult", "no $toDecimal"),
                    Map.entry("figuresAcrossReferences", "no $toDecimal"),
                    Map.entry("groupsAreByNestedValuesAndReferencesAndHaveTheColumnsInTheirOrder", "no $toDecimal"),
                    Map.entry(
                            "nothingIsLostOfACounterThatManyIncrement", "an update whose filter has $or is not atomic"),
                    Map.entry("nothingIsLostOfAListThatManyPush", "an update whose filter has $or is not atomic"),
                    Map.entry("aViewIsAKindThatNobodyWrites", "views are collections"),
                    Map.entry("aValidatorOfOthersStopsAnAlterationThatItDoesNotAllow", "no validators"),
                    Map.entry("aStoreThatMakesValidatorsLetsNobodyWriteMisfitsAndKeepsThemInLine", "no validators"),
                    Map.entry("whatAValidatorSaysOfSuchACollectionIsPartOfItsKind", "no validators"),
                    Map.entry("whatAValidatorRefusesIsSaidUnlessTheDriverPassesItBy", "no validators"),
                    Map.entry(
                            "aDatabaseIsThereOnceSomethingIsWrittenWhateverItsName",
                            "a database is there once it is asked"),
                    Map.entry("valuesDeepInEachOtherAreComparedAtOnce", "no $anyElementTrue"),
                    Map.entry("aMapThatLooksLikeAnotherValueStaysAMapWhereItsTypeSaysSo", "no $anyElementTrue"),
                    Map.entry("idsOfSuchACollectionAreOfAnyTypeAndOfSeveralParts", "not all expressions"),
                    Map.entry("aNameThatIsAPathIsReadAndNotChangedByItself", "no names with dots"),
                    Map.entry("uniqueIndexesAreOfWholeValues", "indexes of a part of the documents are of all"),
                    Map.entry("theOrderFollowsReferencesToOne", "no $let"),
                    Map.entry("listsAreUnwoundIntoRows", "no $isArray in $expr"),
                    Map.entry("aChangeIsAnotherValueOrAnotherTypeAndNothingElse", "1 is not written over by 1.0"),
                    Map.entry("randomFiguresAreThoseOfTheOracle", "numbers are compared as doubles"),
                    Map.entry("randomQueriesHaveTheAnswersOfTheOracle", "numbers are compared as doubles"),
                    Map.entry("randomWritesLeaveWhatTheyLeaveOnTheOracle", "numbers are compared as doubles")));

    private static final Set<String> LEFT_OUT = new TreeSet<>();

    /** For JUnit. */
    public StandIns() {}

    @Override
    public FilterResult apply(TestDescriptor test) {
        String store = store(test);
        if (!store.startsWith("mongodb")) {
            return FilterResult.included("of no stand-in");
        }
        String server = Servers.mongodbProgram(store.equals("mongodb single"));
        if (server.equals(JAVA) && test.getTags().contains(TestTag.create(TRANSACTIONS))) {
            LEFT_OUT.add("whatever is done in transactions: it has none");
            return FilterResult.excluded("no transactions");
        }
        return method(test).map(method -> known(method, server)).orElse(FilterResult.included("no test"));
    }

    private static FilterResult known(Method method, String server) {
        String defect = DEFECTS.getOrDefault(server, Map.of()).get(method.getName());
        if (defect == null) {
            return FilterResult.included("of no known defect");
        }
        Row row = method.getAnnotation(Row.class);
        String rows = row == null ? "" : " (" + String.join(", ", row.value()) + ")";
        LEFT_OUT.add(method.getName() + rows + " on " + server + ": " + defect);
        return FilterResult.excluded(defect);
    }

    /** Whether a test is run on some of them, and not on all. */
    static boolean isLeftOutSomewhere(String store, Method method, List<String> tags) {
        return store.startsWith("mongodb")
                && (tags.contains(TRANSACTIONS)
                        || DEFECTS.values().stream().anyMatch(defects -> defects.containsKey(method.getName())));
    }

    private static String store(TestDescriptor test) {
        for (TestDescriptor at = test; at != null; at = at.getParent().orElse(null)) {
            if (at.getSource().orElse(null) instanceof ClassSource source) {
                for (Class<?> type = source.getJavaClass(); type != null; type = type.getSuperclass()) {
                    On on = type.getAnnotation(On.class);
                    if (on != null) {
                        return on.value();
                    }
                }
            }
        }
        return "";
    }

    private static Optional<Method> method(TestDescriptor test) {
        TestSource source = test.getSource().orElse(null);
        return source instanceof MethodSource method ? Optional.of(method.getJavaMethod()) : Optional.empty();
    }

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        if (!LEFT_OUT.isEmpty()) {
            List<String> lines = new ArrayList<>(LEFT_OUT);
            System.out.println("Of MongoDB, unproven here are:\n  " + String.join("\n  ", lines));
            LEFT_OUT.clear();
        }
    }
}
