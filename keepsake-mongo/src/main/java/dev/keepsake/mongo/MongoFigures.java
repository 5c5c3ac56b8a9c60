package dev.keepsake.mongo;

import dev.keepsake.query.Aggregation;
import dev.keepsake.schema.Kind;
import dev.keepsake.state.State;
import dev.keepsake.value.Path;
import dev.keepsake.value.Type;
import java.math.BigDecimal;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/** The figures of a group as the server gives them. Stateless. */
final class MongoFigures {
    private MongoFigures() {}

    static State of(BsonDocument document, Aggregation aggregation, Kind result) {
        @Nullable Object[] values = new Object[result.fields().size()];
        int keys = aggregation.groupBy().size();
        for (int i = 0; i < values.length; i++) {
            BsonValue value = document.get("f" + i);
            Type type = result.shape().type(i);
            if (value == null || value.isNull()) {
                values[i] = null;
            } else if (i >= keys && aggregation.measures().get(i - keys).function() == Aggregation.Function.SUM) {
                values[i] = sum(
                        value,
                        type,
                        aggregation,
                        aggregation.measures().get(i - keys).path());
            } else {
                values[i] =
                        MongoValues.decode(value, type, Path.of(result.shape().name(i)));
            }
        }
        return State.of(result.shape(), values);
    }

    private static Object sum(BsonValue value, Type type, Aggregation aggregation, @Nullable Path path) {
        Object place = path == null ? aggregation : path;
        if (type instanceof Type.Real) {
            double sum = value.asNumber().doubleValue();
            if (Double.isInfinite(sum) || Double.isNaN(sum)) {
                throw aggregation.overflow(place).fault();
            }
            return sum;
        }
        BigDecimal sum = value.asDecimal128().getValue().bigDecimalValue();
        if (type instanceof Type.Decimal) {
            Object fitted = MongoValues.decode(value, type, Path.of("sum"));
            return fitted == null ? sum : fitted;
        }
        try {
            return sum.longValueExact();
        } catch (ArithmeticException e) {
            throw aggregation.overflow(place).fault();
        }
    }
}
