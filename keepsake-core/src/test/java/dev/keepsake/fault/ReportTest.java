package dev.keepsake.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ReportTest {
    @Test
    void aMessageIsTheSentenceThenFactsThenTheHint() {
        Fault fault = Problem.STATE_UNDECODABLE
                .because("cannot decode %s", "person 42")
                .store("postgresql localhost/app")
                .at("person/42 $.born")
                .fact("left out", null)
                .hint("declare a migration")
                .fault();
        assertThat(fault).isInstanceOf(Corrupt.class).hasMessage("""
                cannot decode person 42
                  problem   state-undecodable
                  store     postgresql localhost/app
                  at        person/42 $.born
                  hint      declare a migration""");
        assertThat(fault.facts()).containsOnlyKeys("store", "at");
        assertThat(fault.hint()).contains("declare a migration");
    }

    @Test
    void aSentenceAloneIsNoFormat() {
        assertThat(Problem.CLOSED.because("100 % of it, %s").fault().sentence()).isEqualTo("100 % of it, %s");
    }

    @Test
    void everyProblemHasAnIdAndAFault() {
        assertThat(Arrays.stream(Problem.values()).map(Problem::id))
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z]+(-[a-z]+)*"));
        for (Problem problem : Problem.values()) {
            Fault fault = problem.because("x").fault();
            assertThat(fault.problem()).isEqualTo(problem);
            assertThat(fault.retryable()).isEqualTo(problem.retryable());
            assertThat(fault.getClass().getSimpleName())
                    .isEqualToIgnoringCase(problem.remedy.name().replace("_", ""));
        }
    }

    @Test
    void userDataIsShortenedTo80CharactersAndNeverHalved() {
        assertThat(Report.quote("a".repeat(80))).isEqualTo("a".repeat(80));
        assertThat(Report.quote("a".repeat(81))).isEqualTo("a".repeat(80) + "...");
        String rocket = "\uD83D\uDE80";
        assertThat(Report.quote(rocket.repeat(80))).isEqualTo(rocket.repeat(80));
        assertThat(Report.quote("a" + rocket.repeat(500_000))).isEqualTo("a" + rocket.repeat(79) + "...");
        assertThat(Report.quote(null)).isEqualTo("null");
    }

    @Test
    void signsThatWouldChangeThePageAreEscaped() {
        assertThat(Report.quote("a\n\t\u001b[31m\u0000\u0085")).isEqualTo("a\\u000a\\u0009\\u001b[31m\\u0000\\u0085");
        assertThat(Report.quote("\u2028\u202e\u2066")).isEqualTo("\\u2028\\u202e\\u2066");
        assertThat(Report.quote("\uD83D!")).isEqualTo("\\ud83d!");
    }

    @Test
    void nearNamesAreTheNearestFirstAndAtMostThree() {
        List<String> names = List.of("package_id", "major_ver", "minor_ver", "build_ver", "size");
        assertThat(Report.nearest("packageid", names)).containsExactly("package_id");
        assertThat(Report.nearest("SIZE", names)).containsExactly("size");
        assertThat(Report.nearest("manor_ver", names)).containsExactly("major_ver", "minor_ver");
        assertThat(Report.nearest("zzz", names)).isEmpty();
        assertThat(Report.nearest("a", List.of("b", "c", "d", "e"))).hasSize(3);
        assertThat(Report.nearest("", List.of("", "x", "xyz"))).containsExactly("", "x");
        assertThat(Report.nearest("x".repeat(100_000), names)).isEmpty();
    }

    @Test
    void whereNoNameIsNearTheNamesAreListed() {
        Report report = Problem.UNKNOWN_FIELD.because("x");
        assertThat(report.near("sizes", List.of("size")).hint).isEqualTo("did you mean size?");
        assertThat(report.near("zzzzz", List.of("a", "b")).hint).isEqualTo("there are a, b");
        assertThat(report.near("zzzzz", List.of()).hint).isEqualTo("there are none");
        List<String> many = IntStream.range(0, 50).mapToObj(i -> "field" + i).toList();
        assertThat(report.near("zzzzz", many).hint).endsWith("field19, ...");
    }
}
