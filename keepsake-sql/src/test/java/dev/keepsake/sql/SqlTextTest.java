package dev.keepsake.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Invalid;
import dev.keepsake.fault.Problem;
import dev.keepsake.sql.Dialect.Quotes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SqlTextTest {
    private static SqlText parse(String sql) {
        return SqlText.parse(sql, Quotes.BRACKETS);
    }

    @Test
    void questionMarksAreCounted() {
        SqlText text = parse("insert into t values (?, ?, ?)");

        assertThat(text.count()).isEqualTo(3);
        assertThat(text.names()).isEmpty();
        assertThat(text.text()).isEqualTo("insert into t values (?, ?, ?)");
    }

    @Test
    void namesBecomeQuestionMarksInOrderAndAsOftenAsTheyOccur() {
        SqlText text = parse("select :a, :b_2 where x=:a and :höhe>1");

        assertThat(text.text()).isEqualTo("select ?, ? where x=? and ?>1");
        assertThat(text.names()).containsExactly("a", "b_2", "a", "höhe");
    }

    @Test
    void databasesQuoteInWaysOfTheirOwn() {
        for (String sql : List.of("select $$ :a ? ; $$", "select $tag$ :a $$ ? $tag$", "select E'it\\'s :a ?'")) {
            assertThat(SqlText.parse(sql, Quotes.DOLLARS).count()).as(sql).isZero();
        }
        assertThat(SqlText.parse("select (array[?, :: ?])[?]", Quotes.DOLLARS).count())
                .isEqualTo(3);
        assertThat(SqlText.parse("select '\\' || ?", Quotes.DOLLARS).count()).isOne();
        for (String sql : List.of("select 'it\\'s :a ?'", "select \"it\\\"s :a ?\"", "select 1 # :a ?")) {
            assertThat(SqlText.parse(sql, Quotes.BACKSLASHES).count()).as(sql).isZero();
        }
        assertThat(SqlText.parse("select data #> ?", Quotes.DOLLARS).count()).isOne();
    }

    @ParameterizedTest
    @CsvSource({
        "'insert into t values (1)', true",
        "insert into t (a) values ((select max(a) from t)), true",
        "insert into t default values,                 true",
        "replace into t set a = 1,                     true",
        "insert into t select * from u,                false",
        "insert into t default values returning id,    false",
        "insert into t (a) (select a from u),          false",
        "update t set a = 1,                           false"
    })
    void anInsertThatSelectsItsRowsHasNoneOfItsOwn(String sql, boolean values) {
        assertThat(parse(sql).insertsValues()).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select ':a ?'",
                "select 'it''s :a'",
                "select \":a ?\"",
                "select `:a ?`",
                "select [:a ?] from t",
                "select 1 -- :a ?\n + 1",
                "select 1 /* :a ? */",
                "select '1'::text",
                "select x::text from t",
                "select a ?? b",
                "select a ??| b",
                "select @v := 1",
                "select 'unclosed :a ?",
                "select 1 /* unclosed :a ?",
            })
    void whatIsNoParameterIsLeftAsItIs(String sql) {
        SqlText text = parse(sql);

        assertThat(text.count()).isZero();
        assertThat(text.text()).isEqualTo(sql);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '#',
            value = {
                "select ':a', :b ~ select ':a', ? ~ b",
                "select :a::text ~ select ?::text ~ a",
                "select 1 as \":x\" where :y ~ select 1 as \":x\" where ? ~ y",
                "#select 1--:x\n+:y# ~ #select 1--:x\n+?# ~ y",
                "select 'a'':b' || :c ~ select 'a'':b' || ? ~ c",
                "select ::int, :1 ~ select ::int, ? ~ 1",
                "select @x, $x, :x ~ select @x, $x, ? ~ x",
                "select 2-:x ~ select 2-? ~ x",
                "select 2/:x ~ select 2/? ~ x",
            })
    void aNameBesideThemIsFound(String sql, String text, String name) {
        assertThat(parse(sql).text()).isEqualTo(text);
        assertThat(parse(sql).names()).containsExactly(name);
    }

    @Test
    void bothKindsOfParametersInOneStatementAreRefused() {
        assertRefused("select ?, :name", "a statement has ? or :name parameters, not both");
    }

    @Test
    void numberedParametersAreRefused() {
        assertRefused("select ?1", "a numbered parameter such as ?1 is not understood");
    }

    @ParameterizedTest
    @ValueSource(strings = {"select 1; select 2", "select ';'; drop table t", ";select 1", "select 1;;;'x'"})
    void severalStatementsAreRefused(String sql) {
        assertRefused(sql, "there is more than one statement in this text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n", ";", "-- only a comment", "/* one */ ;"})
    void aTextWithoutStatementIsRefused(String sql) {
        assertRefused(sql, "there is no statement in this text");
    }

    @Test
    void aSemicolonAtTheEndIsDropped() {
        assertThat(parse("select ';' ; -- done\n ").text()).isEqualTo("select ';'  -- done\n ");
    }

    @Test
    void theBodyOfATriggerIsPartOfItsStatement() {
        String trigger =
                "create temp trigger t after insert on a begin update b set c = case when 1 then 2 end; delete from d;"
                        + " end";

        assertThat(parse(trigger + ";").text()).isEqualTo(trigger);
        assertRefused(trigger + "; select 1", "there is more than one statement in this text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/* x */ INSERT into t values (1) | insert",
                "with x as (select 1) delete from t | delete",
                "with x as (insert into t values (1) returning a) select * from x | select",
                "(select 1) union select 2 | select",
                "create table t (a) | create",
            })
    void theVerbSaysWhatItDoes(String sql, String verb) {
        assertThat(parse(sql).verb()).isEqualTo(verb);
    }

    @ParameterizedTest
    @CsvSource({
        "begin immediate, true",
        "COMMIT, true",
        "end transaction, true",
        "rollback, true",
        "start transaction, true",
        "savepoint a, false",
        "rollback to a, false",
        "rollback transaction to savepoint a, false",
        "release a, false",
        "start slave, false"
    })
    void beginAndEndOfTransactionsAreKnown(String sql, boolean bounds) {
        assertThat(parse(sql).boundsTransaction()).isEqualTo(bounds);
    }

    @Test
    void valuesAreNormalised() {
        assertThat(parse("select ?, ?, ?").values(List.of(1, Optional.empty(), Problem.CLOSED)))
                .containsExactly(1L, null, "CLOSED");
    }

    @Test
    void valuesOfOneNameAreTakenOnceAndBoundOften() {
        assertThat(parse("select :a, :b, :a").values(Map.of("a", 1, "b", 2))).containsExactly(1L, 2L, 1L);
    }

    @Test
    void aListIsRefusedAsAValue() {
        assertThatThrownBy(() -> parse("select ?").values(List.of(List.of(1, 2))))
                .isInstanceOfSatisfying(
                        Invalid.class, fault -> assertThat(fault.problem()).isEqualTo(Problem.VALUE_REFUSED));
    }

    private static void assertRefused(String sql, String sentence) {
        assertThatThrownBy(() -> parse(sql)).isInstanceOfSatisfying(Fault.class, fault -> {
            assertThat(fault.problem()).isEqualTo(Problem.MALFORMED_STATEMENT);
            assertThat(fault.sentence()).isEqualTo(sentence);
        });
    }
}
