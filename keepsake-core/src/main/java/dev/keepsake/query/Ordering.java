package dev.keepsake.query;

import dev.keepsake.state.State;
import dev.keepsake.value.Values;
import java.util.List;

/** States compared by the keys of a sort. */
final class Ordering {
    private Ordering() {}

    static int compare(List<Order> keys, State a, State b) {
        for (Order key : keys) {
            int order = Values.order(Evaluation.valueAt(a, key.path()), Evaluation.valueAt(b, key.path()));
            if (order != 0) {
                return key.descending() ? -order : order;
            }
        }
        return 0;
    }
}
