package dev.keepsake.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keepsake.Keepsake;
import dev.keepsake.codec.Codecs;
import dev.keepsake.codec.Expires;
import dev.keepsake.fault.Problem;
import dev.keepsake.query.Changeset;
import dev.keepsake.query.Guard;
import dev.keepsake.query.Selection;
import dev.keepsake.query.Term;
import dev.keepsake.schema.Index;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.store.Features;
import dev.keepsake.value.Type;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Objects that are gone when their time is over, or are refused by a store that lets none go by itself. */
public abstract class ExpiryContract extends KeyValueContract {
    private static final Kind LOGINS = Kind.named("logins")
            .required("id", Type.TEXT)
            .id("id")
            .field("person", Type.TEXT)
            .field("token", Type.TEXT)
            .field("until", Type.INSTANT)
            .expires("until")
            .index(Index.of("logins_by_person", "person", "-until"))
            .index(Index.unique("logins_by_token", "token"))
            .build();

    /** For the tests of stores. */
    protected ExpiryContract() {}

    record Login(
            String id, String person, @Expires @Nullable Instant until) {}

    /** Whether objects expire here; where they do not, that a kind whose objects do is refused. */
    private boolean expires() {
        if (features().expiry() == Features.Expiry.ENFORCED) {
            create(LOGINS);
            return true;
        }
        assertThat(refused(Problem.FEATURE_MISSING, () -> create(LOGINS)).sentence())
                .contains("logins")
                .contains("until");
        return false;
    }

    private static State login(String id, @Nullable Instant until) {
        return state(LOGINS, "id", id, "person", "ann", "token", "token of " + id, "until", until);
    }

    private Instant in(long millis) {
        return store.now().plusMillis(millis).truncatedTo(ChronoUnit.MILLIS);
    }

    private List<@Nullable Object> ids() {
        return values("id", Selection.of(LOGINS).orderBy(Term.of("id").asc()));
    }

    @Test
    void whatIsOverIsSeenByNoRequest() {
        if (!expires()) {
            return;
        }
        insert(
                LOGINS,
                login("always", null),
                login("later", in(3_600_000)),
                login("over", in(-1)),
                login("soon", in(250)));

        assertThat(ids()).doesNotContain("over").contains("always", "later");
        awaitIds("always", "later");
        assertThat(find(Selection.byId(LOGINS, "soon"))).isEmpty();
        assertThat(values("id", Selection.of(LOGINS).where(Term.of("person").eq("ann"))))
                .containsExactlyInAnyOrder("always", "later");
        assertThat(find(Selection.of(LOGINS).where(Term.of("token").eq("token of soon"))))
                .isEmpty();
        assertThat(count(LOGINS)).isEqualTo(2);
        assertThat(count(LOGINS, Term.of("person").eq("ann"))).isEqualTo(2);
    }

    @Test
    void whatIsOverLeavesItsPlaceToOthers() {
        if (!expires()) {
            return;
        }
        insert(LOGINS, login("soon", in(100)));
        awaitIds();

        insert(LOGINS, login("soon", null));
        insert(LOGINS, login("first", in(100)));
        awaitIds("soon");
        State heir = login("heir", null).with("token", "token of first");
        insert(LOGINS, heir);

        assertThat(ids()).containsExactly("heir", "soon");
        refused(
                Problem.UNIQUE_VIOLATION,
                () -> insert(LOGINS, login("third", null).with("token", "token of first")));
        refused(Problem.STALE_OBJECT, () -> write(Changeset.of(new Changeset.Delete(LOGINS, "first", Guard.EXISTS))));
    }

    @Test
    void aLifeIsChangedByWritingItAlone() {
        if (!expires()) {
            return;
        }
        State longer = login("longer", in(400));
        State as = login("as it was", in(400));
        State endless = login("endless", in(400));
        insert(LOGINS, longer, as, endless);

        update(longer.with("until", in(3_600_000)), "until");
        update(as.with("person", "bob"), "person");
        update(endless.with("until", null), "until");

        awaitIds("endless", "longer");
        update(endless.with("until", in(1)), "until");
        awaitIds("longer");
    }

    private void update(State state, String field) {
        write(Changeset.of(new Changeset.Update(LOGINS, state, List.of(field), Guard.EXISTS)));
    }

    @Test
    void aClassSaysWhenItsObjectsExpire() {
        Keepsake keepsake = Keepsake.on(store, Codecs.of(Login.class));
        if (features().expiry() == Features.Expiry.NONE) {
            refused(Problem.FEATURE_MISSING, keepsake::createAll);
            return;
        }
        keepsake.createAll();
        assertThat(store.inspect().kind("login").expiry()).isEqualTo(Optional.of("until"));
        keepsake.useTransaction(session -> session.add(new Login("a", "ann", in(200))));
        keepsake.useTransaction(session -> session.add(new Login("b", "ann", null)));

        Await.until(() -> keepsake.find(Login.class, "a").isEmpty());
        assertThat(keepsake.query(Login.class).list()).extracting(Login::id).containsExactly("b");
    }

    private void awaitIds(String... wanted) {
        Await.until(() -> ids().equals(List.of(wanted)));
    }
}
