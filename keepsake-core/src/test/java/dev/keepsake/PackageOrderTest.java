package dev.keepsake;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The core's packages go one way; who reads them in this order meets no word before it is explained. */
class PackageOrderTest {
    private static final String ROOT = "";

    /** A package may use those of earlier lines, and none of its own line or later ones. */
    private static final List<Set<String>> ORDER = List.of(
            Set.of("fault"),
            Set.of("value"),
            Set.of("json"),
            Set.of("state"),
            Set.of("schema"),
            Set.of("query"),
            Set.of("store"),
            Set.of("codec"),
            Set.of("migration"),
            Set.of("revision", "move", "watch", "keyvalue"),
            Set.of("session"),
            Set.of(ROOT));

    private static final Pattern PACKAGE = Pattern.compile("dev\\.keepsake(?:\\.(\\w+).*)?");

    private final JavaClasses core = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.keepsake");

    @Test
    void packagesUseOnlyThoseBeforeThem() {
        classes().should(useOnlyPackagesBeforeTheirOwn()).check(core);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.keepsake.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(core);
    }

    @Test
    void theCoreKnowsNoSql() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..")
                .check(core);
    }

    @Test
    void onlyCodecsReflect() {
        noClasses()
                .that(resideOutsideOfPackage("dev.keepsake.codec.."))
                .should()
                .dependOnClassesThat(are(resideInAPackage("java.lang.reflect..")))
                .orShould()
                .accessTargetWhere(looksIntoAClass())
                .allowEmptyShould(true)
                .check(core);
    }

    private static DescribedPredicate<JavaAccess<?>> looksIntoAClass() {
        Pattern members = Pattern.compile("get(Declared)?(Field|Method|Constructor|RecordComponent)s?");
        return DescribedPredicate.describe(
                "a class's members are looked up",
                access -> access.getTargetOwner().isEquivalentTo(Class.class)
                        && members.matcher(access.getTarget().getName()).matches());
    }

    private static ArchCondition<JavaClass> useOnlyPackagesBeforeTheirOwn() {
        return new ArchCondition<>("use only packages before their own") {
            @Override
            public void check(JavaClass user, ConditionEvents events) {
                for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
                    if (!isAllowed(dependency)) {
                        events.add(SimpleConditionEvent.violated(user, dependency.getDescription()));
                    }
                }
                if (place(user) < 0) {
                    events.add(SimpleConditionEvent.violated(user, user.getName() + " has no place in the order"));
                }
            }
        };
    }

    private static boolean isAllowed(Dependency dependency) {
        JavaClass user = dependency.getOriginClass();
        JavaClass used = dependency.getTargetClass();
        return !PACKAGE.matcher(used.getBaseComponentType().getPackageName()).matches()
                || name(user).equals(name(used))
                || place(used) < place(user);
    }

    private static int place(JavaClass type) {
        String name = name(type);
        for (int i = 0; i < ORDER.size(); i++) {
            if (ORDER.get(i).contains(name)) {
                return i;
            }
        }
        return -1;
    }

    private static String name(JavaClass type) {
        Matcher name = PACKAGE.matcher(type.getBaseComponentType().getPackageName());
        return name.matches() && name.group(1) != null ? name.group(1) : ROOT;
    }
}
