package dev.keepsake.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.ServerAddress;
import com.mongodb.WriteConcernResult;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.bulk.WriteConcernError;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.store.StoreInfo;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonMaximumSizeExceededException;
import org.junit.jupiter.api.Test;

/**
 * What MongoDB's own server answers as its manual, its source and reports of it have it: those answers that none of the servers of the
 * other tests gives. That a real one still gives them in these words is unproven.
 */
class MongoErrorsTest {
    private static final ServerAddress ADDRESS = new ServerAddress("one.example", 27_017);
    private static final StoreInfo STORE = new StoreInfo("mongodb", "one.example:27017/shop", "8.0");

    private static Fault of(RuntimeException thrown) {
        return MongoErrors.of(thrown, STORE);
    }

    private static MongoCommandException answer(String json) {
        return new MongoCommandException(BsonDocument.parse(json), ADDRESS);
    }

    private static MongoBulkWriteException refused(int code, String message, String details) {
        BulkWriteError error = new BulkWriteError(code, message, BsonDocument.parse(details), 1);
        return new MongoBulkWriteException(
                BulkWriteResult.acknowledged(1, 0, 0, 0, List.of(), List.of()),
                List.of(error),
                null,
                ADDRESS,
                Set.of());
    }

    @Test
    void aWrongPasswordIsSaidAndNotRepeated() {
        MongoCommandException answer = answer("""
                {"ok": 0.0, "errmsg": "Authentication failed.", "code": 18, "codeName": "AuthenticationFailed"}""");
        MongoCredential credential = MongoCredential.createCredential("ann", "admin", "s3cret".toCharArray());
        MongoSecurityException thrown = new MongoSecurityException(
                credential, "Exception authenticating MongoCredential{userName='ann'}", answer);
        for (RuntimeException each : List.of(
                answer,
                thrown,
                new MongoTimeoutException(
                        "Timed out while waiting for a server. Client view of cluster state is {servers=[{"
                                + "address=one.example:27017, exception={com.mongodb.MongoSecurityException: Exception}}]"))) {
            Fault fault = of(each);
            assertThat(fault.problem()).isEqualTo(Problem.ACCESS_DENIED);
            assertThat(fault)
                    .hasMessageContaining("does not know this user and password")
                    .hasMessageContaining("authSource");
            assertThat(fault.getMessage()).doesNotContain("s3cret");
        }
    }

    @Test
    void eachHostThatWasTriedIsSaidWithWhyItFailed() {
        Fault fault = of(
                new MongoTimeoutException(
                        "Timed out while waiting for a server that matches WritableServerSelector. Client view"
                                + " of cluster state is {type=REPLICA_SET, servers=[{address=one.example:27017, type=UNKNOWN, state=CONNECTING,"
                                + " exception={com.mongodb.MongoSocketException: one.example}, caused by {java.net.UnknownHostException:"
                                + " one.example: Name or service not known}}, {address=two.example:27018, type=UNKNOWN, state=CONNECTING}]"));
        assertThat(fault.problem()).isEqualTo(Problem.STORE_UNREACHABLE);
        assertThat(fault)
                .hasMessageContaining("one.example:27017: one.example: Name or service not known")
                .hasMessageContaining("two.example:27018");
    }

    @Test
    void aMissingRoleIsSaidWithWhatIsEnough() {
        Fault fault = of(answer("""
                {"ok": 0.0, "errmsg": "not authorized on shop to execute command { createIndexes: \\"users\\" }", "code": 13,
                 "codeName": "Unauthorized"}"""));
        assertThat(fault.problem()).isEqualTo(Problem.ACCESS_DENIED);
        assertThat(fault)
                .hasMessageContaining("not authorized on shop")
                .hasMessageContaining("readWrite")
                .hasMessageContaining("dbAdmin");
    }

    @Test
    void whatAValidatorRefusesIsSaidWithTheRuleThatItBreaks() {
        Fault fault = of(refused(121, "Document failed validation", """
                {"failingDocumentId": 7, "details": {"operatorName": "$jsonSchema", "schemaRulesNotSatisfied": [
                  {"operatorName": "required", "specifiedAs": {"required": ["email"]}, "missingProperties": ["email"]},
                  {"operatorName": "properties", "propertiesNotSatisfied": [{"propertyName": "age", "details": [
                    {"operatorName": "bsonType", "specifiedAs": {"bsonType": "int"}, "reason": "type did not match",
                     "consideredValue": "old", "consideredType": "string"}]}]}]}}"""));
        assertThat(fault.problem()).isEqualTo(Problem.CHECK_VIOLATION);
        assertThat(fault)
                .hasMessageContaining("validator")
                .hasMessageContaining("email: missing; age: type did not match");
        assertThat(of(refused(121, "Document failed validation", "{}")))
                .as("of servers before 5.0")
                .hasMessageContaining("Document failed validation");
    }

    @Test
    void aDocumentThatIsTooLargeIsSaidWhoeverNoticesIt() {
        for (RuntimeException each : List.of(
                new BsonMaximumSizeExceededException("Document size of 16777300 is larger than maximum of 16777216."),
                answer("""
                        {"ok": 0.0, "errmsg": "BSONObj size: 16777250 (0x1000022) is invalid. Size must be between 0 and 16793600(16MB)",
                         "code": 10334, "codeName": "BSONObjectTooLarge"}"""),
                refused(17_419, "Resulting document after update is larger than 16777216", "{}"))) {
            assertThat(of(each).problem()).isEqualTo(Problem.VALUE_REFUSED);
            assertThat(of(each)).hasMessageContaining("16 megabytes");
        }
    }

    private static Optional<MongoErrors.Duplicate> duplicate(String message, String details) {
        return Optional.ofNullable(MongoErrors.duplicate(refused(11_000, message, details)));
    }

    @Test
    void aTakenValueIsReadFromWhatTheServerTellsApartAndElseFromItsMessage() {
        assertThat(duplicate(
                        "E11000 duplicate key error collection: shop.users index: email_1 dup key: { email: \"a, {b}: c\" }",
                        """
                        {"keyPattern": {"email": 1}, "keyValue": {"email": "a, {b}: c"}}"""))
                .as("by details")
                .contains(new MongoErrors.Duplicate("email_1", "a, {b}: c", 1));
        assertThat(duplicate(
                        "E11000 duplicate key error collection: shop.users index: email_1 dup key: { email: \"ann\" }",
                        "{}"))
                .as("since 4.2")
                .contains(new MongoErrors.Duplicate("email_1", "ann", 1));
        assertThat(duplicate(
                        "E11000 duplicate key error collection: shop.users index: email_1 dup key: { : \"ann\" }",
                        "{}"))
                .as("before 4.2")
                .contains(new MongoErrors.Duplicate("email_1", "ann", 1));
        assertThat(duplicate(
                                "E11000 duplicate key error collection: shop.users index: name and city collation:"
                                        + " { locale: \"en\" } dup key: { name: \"ann\", city: \"Rome\" }",
                                "{}")
                        .map(MongoErrors.Duplicate::index))
                .as("with a collation")
                .contains("name and city");
        assertThat(MongoErrors.duplicate(refused(121, "Document failed validation", "{}")))
                .isNull();
    }

    @Test
    void conflictsAndEndedTransactionsAreToBeRunAgain() {
        MongoCommandException conflict = answer("""
                {"errorLabels": ["TransientTransactionError"], "ok": 0.0, "code": 112, "codeName": "WriteConflict",
                 "errmsg": "WriteConflict error: this operation conflicted with another operation. Please retry your operation or \
                multi-document transaction."}""");
        MongoCommandException ended = answer("""
                {"errorLabels": ["TransientTransactionError"], "ok": 0.0, "code": 251, "codeName": "NoSuchTransaction",
                 "errmsg": "Transaction with { txnNumber: 2 } has been aborted."}""");
        MongoCommandException lost = answer("""
                {"errorLabels": ["TransientTransactionError"], "ok": 0.0, "code": 246, "codeName": "SnapshotUnavailable",
                 "errmsg": "Unable to read from a snapshot due to pending collection catalog changes"}""");
        for (MongoCommandException each : List.of(conflict, ended, lost)) {
            assertThat(of(each).problem()).isEqualTo(Problem.TRANSACTION_CONFLICT);
            assertThat(of(each).retryable()).isTrue();
        }
        assertThat(of(ended)).hasMessageContaining("transactionLifetimeLimitSeconds");
    }

    @Test
    void aServerThatIsNoPrimaryAnyMoreIsGone() {
        MongoException thrown = new MongoNotPrimaryException(
                BsonDocument.parse("{\"ok\": 0.0, \"errmsg\": \"not primary\", \"code\": 10107}"), ADDRESS);
        assertThat(of(thrown).problem()).isEqualTo(Problem.STORE_UNREACHABLE);
        assertThat(of(thrown)).hasMessageContaining("no primary any more");
    }

    @Test
    void theOutcomeOfACommitIsUnknownWhereTheServerSaysSo() {
        MongoCommandException unknown = answer("""
                {"errorLabels": ["UnknownTransactionCommitResult"], "ok": 0.0, "code": 50, "codeName": "MaxTimeMSExpired",
                 "errmsg": "operation exceeded time limit"}""");
        assertThat(MongoErrors.isOutcomeUnknown(unknown)).isTrue();
        assertThat(MongoErrors.outcomeUnknown(unknown, STORE).retryable()).isFalse();
        assertThat(MongoErrors.isOutcomeUnknown(answer("{\"ok\": 0.0, \"errmsg\": \"no\", \"code\": 13}")))
                .isFalse();
    }

    @Test
    void aWriteThatTheOthersDidNotConfirmIsDoneAndSaid() {
        WriteConcernError error = new WriteConcernError(
                64, "WriteConcernFailed", "waiting for replication timed out", new BsonDocument("wtimeout", Bson.TRUE));
        MongoBulkWriteException bulk = new MongoBulkWriteException(
                BulkWriteResult.acknowledged(1, 0, 0, 0, List.of(), List.of()), List.of(), error, ADDRESS, Set.of());
        MongoWriteConcernException single = new MongoWriteConcernException(
                error, WriteConcernResult.acknowledged(1, false, null), ADDRESS, Set.of());
        for (MongoException each : List.of(bulk, single)) {
            assertThat(MongoErrors.isOutcomeUnknown(each)).isTrue();
            assertThat(of(each).problem()).as("of what is no commit").isEqualTo(Problem.STORE_UNREACHABLE);
            assertThat(MongoErrors.outcomeUnknown(each, STORE))
                    .hasMessageContaining("done on one server")
                    .hasMessageContaining("waiting for replication timed out");
        }
    }

    @Test
    void whatAnOperatorCannotChangeIsSaid() {
        assertThat(of(refused(
                                2,
                                "Plan executor error during update :: caused by :: Failed to apply $inc operations to current value"
                                        + " ((NumberLong)9223372036854775807) for document {_id: 9}",
                                "{}"))
                        .problem())
                .isEqualTo(Problem.VALUE_REFUSED);
        for (RuntimeException each : List.of(
                refused(14, "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'n'", "{}"),
                refused(2, "Cannot apply $pull to a non-array value", "{}"),
                refused(2, "The field 'words' must be an array but is of type string in document {_id: 1}", "{}"))) {
            assertThat(of(each).problem()).isEqualTo(Problem.TYPE_MISMATCH);
        }
        assertThat(of(answer("""
                {"ok": 0.0, "code": 14, "codeName": "TypeMismatch", "errmsg": "Expected field filterto be of type object"}""")).problem()).as("of another command").isEqualTo(Problem.REQUEST_INVALID);
        assertThat(of(refused(2, "unknown operator: $near", "{}")).problem()).isEqualTo(Problem.REQUEST_INVALID);
    }

    @Test
    void whatTakesTooLongAndIndexesThatDifferAreSaid() {
        assertThat(of(new MongoExecutionTimeoutException(50, "operation exceeded time limit"))
                        .problem())
                .isEqualTo(Problem.TIME_LIMIT);
        Fault fault = of(answer("""
                {"ok": 0.0, "code": 86, "codeName": "IndexKeySpecsConflict",
                 "errmsg": "An existing index has the same name as the requested index. When index names are not specified, they are auto \
                generated and can cause conflicts."}"""));
        assertThat(fault.problem()).isEqualTo(Problem.REQUEST_INVALID);
        assertThat(fault).hasMessageContaining("another index of that name").hasMessageContaining("drop it first");
    }

    @Test
    void whatIsNotKnownIsSaidInTheServersWords() {
        Fault fault = of(answer("""
                {"ok": 0.0, "errmsg": "Transaction numbers are only allowed on a replica set member or mongos", "code": 20,
                 "codeName": "IllegalOperation"}"""));
        assertThat(fault.problem()).isEqualTo(Problem.REQUEST_INVALID);
        assertThat(fault)
                .hasMessageContaining("only allowed on a replica set member")
                .hasMessageContaining("one.example:27017/shop");
    }
}
