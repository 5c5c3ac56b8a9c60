package dev.keepsake.mongo;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoOperationTimeoutException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoServerUnavailableException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketOpenException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.MongoWriteException;
import com.mongodb.bulk.BulkWriteError;
import dev.keepsake.fault.Fault;
import dev.keepsake.fault.Problem;
import dev.keepsake.fault.Report;
import dev.keepsake.store.StoreInfo;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonMaximumSizeExceededException;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/** What the driver and the server report as what a store says. Codes are those of MongoDB's {@code error_codes.yml}. Stateless. */
final class MongoErrors {
    static final int NAMESPACE_NOT_FOUND = 26;
    static final int NAMESPACE_EXISTS = 48;
    static final int COMMAND_NOT_FOUND = 59;
    private static final int BAD_VALUE = 2;
    private static final int UNAUTHORIZED = 13;
    private static final int TYPE_MISMATCH = 14;
    private static final int AUTHENTICATION_FAILED = 18;
    private static final int MAX_TIME = 50;
    private static final int INDEX_OPTIONS = 85;
    private static final int INDEX_KEYS = 86;
    private static final int WRITE_CONFLICT = 112;
    private static final int VALIDATION = 121;
    private static final int NO_SUCH_TRANSACTION = 251;
    private static final int TRANSACTION_TOO_OLD = 290;
    private static final int TOO_LARGE = 10_334;
    private static final int TOO_LARGE_AFTER = 17_419;

    private static final Pattern INDEX = Pattern.compile("index: (.+?) (?:dup key|collation)");
    private static final Pattern KEY = Pattern.compile("dup key: \\{ ?(.*?) ?\\}[^}]*$");

    /** What the driver tells of an exception inside a message: its class, and what it says. */
    private static final Pattern CAUSE = Pattern.compile("[{]\\w[\\w.]*\\.\\w+: ([^}]+)[}]");

    private MongoErrors() {}

    /** A value that is taken. */
    record Duplicate(String index, @Nullable String value, int number) {}

    /** The index and value of a write that took what another has; null where it is something else. */
    static @Nullable Duplicate duplicate(RuntimeException thrown) {
        String message;
        BsonDocument details = new BsonDocument();
        int number = 0;
        switch (thrown) {
            case MongoWriteException write
            when write.getError().getCategory() == ErrorCategory.DUPLICATE_KEY -> {
                message = write.getError().getMessage();
                details = write.getError().getDetails();
            }
            case MongoBulkWriteException bulk
            when !bulk.getWriteErrors().isEmpty()
                    && bulk.getWriteErrors().getFirst().getCategory() == ErrorCategory.DUPLICATE_KEY -> {
                BulkWriteError error = bulk.getWriteErrors().getFirst();
                message = error.getMessage();
                details = error.getDetails();
                number = error.getIndex();
            }
            case MongoCommandException command
            when ErrorCategory.fromErrorCode(command.getErrorCode()) == ErrorCategory.DUPLICATE_KEY -> {
                message = command.getErrorMessage();
                details = command.getResponse();
            }
            default -> {
                return null;
            }
        }
        Matcher index = INDEX.matcher(message);
        return new Duplicate(index.find() ? index.group(1) : "", value(details, message), number);
    }

    /** The value itself, where the server tells it apart; else what its message says of it. */
    private static @Nullable String value(BsonDocument details, String message) {
        BsonValue values = details.get("keyValue");
        if (values != null && values.isDocument()) {
            return String.join(
                    ", ",
                    values.asDocument().values().stream()
                            .map(MongoErrors::shown)
                            .toList());
        }
        Matcher key = KEY.matcher(message);
        return key.find() ? key.group(1).replaceAll("(^|, )[^:\"]*: ", "$1").replace("\"", "") : null;
    }

    private static String shown(BsonValue value) {
        try {
            return String.valueOf(MongoValues.natural(value));
        } catch (RuntimeException e) {
            return value.toString();
        }
    }

    /** What went wrong with a request. */
    static Fault of(RuntimeException thrown, StoreInfo store) {
        if (thrown instanceof Fault fault) {
            return fault;
        }
        return report(thrown).store(store).cause(thrown).fault();
    }

    private static Report report(RuntimeException thrown) {
        return switch (thrown) {
            case MongoException e
            when isUnconfirmed(e) ->
                Problem.STORE_UNREACHABLE
                        .because("too few servers confirm it: %s", Report.quote(unconfirmed(e)))
                        .hint("look at the replica set, or name fewer by w");
            case MongoInterruptedException e ->
                Problem.STORE_BUSY.because("the thread was interrupted while it waited for the server");
            case MongoSecurityException e -> denied();
            case MongoExecutionTimeoutException e -> late();
            case MongoOperationTimeoutException e -> late();
            case MongoTimeoutException e -> unreachable(e);
            case MongoSocketException e -> gone(e);
            case MongoNotPrimaryException e -> gone(e);
            case MongoNodeIsRecoveringException e -> gone(e);
            case MongoServerUnavailableException e -> gone(e);
            case BsonMaximumSizeExceededException e -> tooLarge();
            case MongoWriteException e ->
                ofCode(e.getError().getCode(), e.getError().getMessage(), e);
            case MongoBulkWriteException e ->
                e.getWriteErrors().isEmpty()
                        ? ofCode(e.getCode(), String.valueOf(e.getMessage()), e)
                        : ofCode(
                                e.getWriteErrors().getFirst().getCode(),
                                e.getWriteErrors().getFirst().getMessage(),
                                e);
            case MongoCommandException e -> ofCode(e.getErrorCode(), e.getErrorMessage(), e);
            case MongoClientException e ->
                e.hasErrorLabel(MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL) ? gone(e) : refused(rootMessage(e));
            case MongoException e -> ofCode(e.getCode(), String.valueOf(e.getMessage()), e);
            default -> refused(rootMessage(thrown));
        };
    }

    private static Report ofCode(int code, String message, MongoException thrown) {
        return switch (code) {
            case UNAUTHORIZED ->
                Problem.ACCESS_DENIED
                        .because("the user may not do this: %s", Report.quote(message))
                        .hint(
                                "the role readWrite on the database is enough for objects, dbAdmin for changes of the schema");
            case AUTHENTICATION_FAILED -> denied();
            case BAD_VALUE -> badValue(message);
            case TYPE_MISMATCH -> message.contains("Cannot apply $") ? mismatch(message) : refused(message);
            case MAX_TIME -> late();
            case WRITE_CONFLICT -> conflict();
            case NO_SUCH_TRANSACTION, TRANSACTION_TOO_OLD ->
                Problem.TRANSACTION_CONFLICT
                        .because("the server has ended the transaction")
                        .hint("run it again; one that is open for longer than a minute is ended:"
                                + " transactionLifetimeLimitSeconds");
            case VALIDATION ->
                Problem.CHECK_VIOLATION
                        .because("the collection's validator refuses the object")
                        .fact("reason", Report.quote(broken(thrown, message)));
            case TOO_LARGE, TOO_LARGE_AFTER -> tooLarge();
            case INDEX_OPTIONS, INDEX_KEYS ->
                Problem.REQUEST_INVALID
                        .because("there is another index of that name, or of these fields: %s", Report.quote(message))
                        .hint("drop it first, or choose another name");
            default ->
                thrown.hasErrorLabel(MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL) ? conflict() : refused(message);
        };
    }

    /** The rules that an object breaks, which servers since 5.0 tell; else the message. */
    private static String broken(MongoException thrown, String message) {
        BsonDocument told = switch (thrown) {
            case MongoWriteException write -> write.getError().getDetails();
            case MongoBulkWriteException bulk
            when !bulk.getWriteErrors().isEmpty() ->
                bulk.getWriteErrors().getFirst().getDetails();
            default -> new BsonDocument();
        };
        List<String> rules = documents(documents(List.of(told), "details"), "schemaRulesNotSatisfied").stream()
                .map(MongoErrors::rule)
                .toList();
        return rules.isEmpty() ? message : String.join("; ", rules);
    }

    private static String rule(BsonDocument rule) {
        List<String> said = new ArrayList<>();
        rule.getArray("missingProperties", new BsonArray()).forEach(name -> said.add(shown(name) + ": missing"));
        for (BsonDocument property : documents(List.of(rule), "propertiesNotSatisfied")) {
            String reasons = documents(List.of(property), "details").stream()
                    .map(each -> each.getString("reason", new BsonString("not accepted"))
                            .getValue())
                    .distinct()
                    .collect(Collectors.joining(", "));
            said.add(property.getString("propertyName", new BsonString("?")).getValue() + ": " + reasons);
        }
        return said.isEmpty() ? rule.toJson() : String.join("; ", said);
    }

    /** The documents under a name, be it one or a list. */
    private static List<BsonDocument> documents(List<BsonDocument> all, String name) {
        return all.stream()
                .map(each -> each.get(name))
                .flatMap(value -> value instanceof BsonArray array ? array.stream() : Stream.ofNullable(value))
                .filter(BsonValue::isDocument)
                .map(BsonValue::asDocument)
                .toList();
    }

    private static Report gone(MongoException thrown) {
        return Problem.STORE_UNREACHABLE
                .because("the server has gone, or is no primary any more")
                .fact("reason", Report.quote(rootMessage(thrown)))
                .hint("try again when it is back, or another has taken its place");
    }

    private static Report refused(String message) {
        return Problem.REQUEST_INVALID.because("the server refused the request: %s", Report.quote(message));
    }

    /** What {@code $inc} and {@code $push} say of a value that they cannot change. */
    private static Report badValue(String message) {
        if (message.contains("Failed to apply $inc")) {
            return Problem.VALUE_REFUSED.because("a number would be beyond 64 bits: %s", Report.quote(message));
        }
        boolean isOther = message.contains("must be an array") || message.contains("to a non-array value");
        return isOther ? mismatch(message) : refused(message);
    }

    private static Report mismatch(String message) {
        return Problem.TYPE_MISMATCH.because("a field holds a value of another type: %s", Report.quote(message));
    }

    private static Report conflict() {
        return Problem.TRANSACTION_CONFLICT
                .because("another transaction was first")
                .hint("run the transaction again, as SessionOptions.retrying does by itself");
    }

    private static Report denied() {
        return Problem.ACCESS_DENIED
                .because("the server does not know this user and password")
                .hint("check both, and authSource, the database that knows the user; in a URL a password is escaped");
    }

    private static Report late() {
        return Problem.TIME_LIMIT.because("the server did not answer in time").hint("try again, or give it longer");
    }

    private static Report tooLarge() {
        return Problem.VALUE_REFUSED
                .because("the object is larger than the 16 megabytes that a document may have")
                .hint("keep its large parts as objects of their own");
    }

    private static Report unreachable(MongoTimeoutException thrown) {
        String message = String.valueOf(thrown.getMessage());
        if (message.contains("MongoSecurityException")) {
            return denied();
        }
        if (message.contains("pooled connection")) {
            return Problem.POOL_EXHAUSTED
                    .because("all connections of the pool are in use")
                    .hint("end transactions sooner, or raise maxPoolSize");
        }
        String reason = message.contains("Connection refused")
                ? "nobody listens there"
                : message.contains(UnknownHostException.class.getSimpleName())
                        ? "there is no such host"
                        : message.contains(SSLException.class.getSimpleName()) || message.contains("SSL")
                                ? "its certificate or its TLS is not accepted"
                                : "it does not answer";
        Report report = Problem.STORE_UNREACHABLE.because("no server can be reached: %s", reason);
        List<String> tried = tried(message);
        if (tried.isEmpty()) {
            report.fact("reason", Report.quote(message));
        }
        for (int i = 0; i < tried.size(); i++) {
            report.fact(tried.size() == 1 ? "tried" : "tried " + (i + 1), Report.quote(tried.get(i)));
        }
        return report.hint(
                "check the hosts and that they run, and replicaSet and tls where the URL has them; serverSelectionTimeoutMS says how long"
                        + " they are waited for");
    }

    /** Each host that the driver says it has tried, with the last cause that it gives. */
    private static List<String> tried(String message) {
        return Arrays.stream(message.split("address="))
                .skip(1)
                .map(server -> {
                    String host = server.split("[,}]", 2)[0];
                    return CAUSE.matcher(server)
                            .results()
                            .reduce((one, next) -> next)
                            .map(cause -> host + ": " + cause.group(1))
                            .orElse(host);
                })
                .toList();
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    /** Whether the answer to a commit was lost, so that it may be done. */
    static boolean isOutcomeUnknown(MongoException thrown) {
        if (thrown instanceof MongoSocketOpenException) {
            return false; // nothing was sent
        }
        return isUnconfirmed(thrown)
                || thrown.hasErrorLabel(MongoException.UNKNOWN_TRANSACTION_COMMIT_RESULT_LABEL)
                || thrown instanceof MongoSocketException
                || thrown instanceof MongoInterruptedException
                || thrown instanceof MongoOperationTimeoutException;
    }

    /** Whether a commit may be asked for again: nobody knows what became of it, and there is time. */
    static boolean isToBeAskedAgain(MongoException thrown) {
        return thrown.hasErrorLabel(MongoException.UNKNOWN_TRANSACTION_COMMIT_RESULT_LABEL)
                && thrown.getCode() != MAX_TIME
                && !(thrown instanceof MongoInterruptedException)
                && !isUnconfirmed(thrown);
    }

    static Fault outcomeUnknown(MongoException thrown, StoreInfo store) {
        Report report = isUnconfirmed(thrown)
                ? Problem.COMMIT_OUTCOME_UNKNOWN
                        .because(
                                "the commit is done on one server, and not confirmed by as many as the write concern names")
                        .fact("reason", Report.quote(unconfirmed(thrown)))
                        .hint("it stays, unless that server is lost before the others have it; look at the replica set,"
                                + " or name fewer by w")
                : Problem.COMMIT_OUTCOME_UNKNOWN
                        .because("the answer to the commit was lost, and it may be done or not")
                        .hint("look whether the objects are there before doing it again");
        return report.store(store).cause(thrown).fault();
    }

    /** Whether a write is done on the primary, and as many servers as its write concern names did not say in time that they have it. */
    private static boolean isUnconfirmed(MongoException thrown) {
        return thrown instanceof MongoWriteConcernException
                || (thrown instanceof MongoBulkWriteException bulk
                        && bulk.getWriteErrors().isEmpty()
                        && bulk.getWriteConcernError() != null);
    }

    private static String unconfirmed(MongoException thrown) {
        return thrown instanceof MongoBulkWriteException bulk && bulk.getWriteConcernError() != null
                ? bulk.getWriteConcernError().getMessage()
                : String.valueOf(thrown.getMessage());
    }

    /** Whether there is no such collection. */
    static boolean isMissing(MongoException thrown) {
        return thrown.getCode() == NAMESPACE_NOT_FOUND;
    }

    /** Whether there is one already. */
    static boolean isThere(MongoException thrown) {
        return thrown.getCode() == NAMESPACE_EXISTS;
    }
}
