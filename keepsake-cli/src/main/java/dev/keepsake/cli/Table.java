package dev.keepsake.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An aligned table that fits a width. The first {@value #SAMPLE} rows decide how wide its columns are, and it holds no
 * more rows than those, so that a table of any length takes little memory. Cells are cut, but to no less than
 * {@value #NARROWEST}; the last columns are left out where there is no room for that. Not safe for use by several threads.
 */
final class Table {
    private static final int SAMPLE = 100;
    private static final int NARROWEST = 8;
    private static final String GAP = "  ";

    /**
     * A column.
     *
     * @param name its heading
     * @param right whether its cells are aligned to the right, as numbers are
     */
    record Column(String name, boolean right) {}

    private final PrintStream out;
    private final int width;
    private final String indent;
    private final List<Column> columns;
    private final List<List<String>> waiting = new ArrayList<>();
    private int[] widths = {};

    Table(PrintStream out, int width, String indent, List<Column> columns) {
        this.out = out;
        this.width = width - indent.length();
        this.indent = indent;
        this.columns = columns;
    }

    /** Adds a row of as many cells as there are columns. */
    void row(List<String> cells) {
        // A cell of megabytes is cut before it is looked at closely.
        List<String> clean = cells.stream()
                .map(cell -> Texts.clean(cell.length() > 4 * width ? cell.substring(0, 4 * width) : cell))
                .toList();
        if (widths.length > 0) {
            print(clean);
            return;
        }
        waiting.add(clean);
        if (waiting.size() == SAMPLE) {
            start();
        }
    }

    /** Prints what is left, and gives the names of the columns that were left out. */
    List<String> end() {
        if (widths.length == 0) {
            start();
        }
        return columns.subList(widths.length, columns.size()).stream()
                .map(Column::name)
                .toList();
    }

    private void start() {
        widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            int widest = waiting.stream()
                    .mapToInt(row -> Texts.width(row.get(column)))
                    .max()
                    .orElse(0);
            widths[i] = Math.max(Texts.width(Texts.clean(columns.get(i).name())), widest);
        }
        dropLast();
        shrink();
        print(columns.stream().map(column -> Texts.clean(column.name())).toList());
        print(Arrays.stream(widths).mapToObj("-"::repeat).toList());
        waiting.forEach(this::print);
        waiting.clear();
    }

    /** Leaves out the last columns, as many as it takes for the others to be wide enough to read; never the first. */
    private void dropLast() {
        int fit = 0;
        int used = 0;
        while (fit < widths.length) {
            used += Math.min(widths[fit], NARROWEST) + (fit == 0 ? 0 : GAP.length());
            if (used > width && fit > 0) {
                break;
            }
            fit++;
        }
        widths = Arrays.copyOf(widths, fit);
    }

    /** Takes columns off the widest, one by one, until the table fits or no column can lose any more. */
    private void shrink() {
        int room = width - GAP.length() * (widths.length - 1);
        int total = Arrays.stream(widths).sum();
        while (total > room) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
            if (widths[widest] <= NARROWEST) {
                return;
            }
            // A width of millions goes down at once to where it could matter.
            int cut = Math.max(1, widths[widest] - Math.max(room, NARROWEST));
            widths[widest] -= cut;
            total -= cut;
        }
    }

    private void print(List<String> cells) {
        StringBuilder line = new StringBuilder(indent);
        for (int i = 0; i < widths.length; i++) {
            String cell = Texts.cut(cells.get(i), widths[i]);
            String padding = " ".repeat(Math.max(0, widths[i] - Texts.width(cell)));
            line.append(i == 0 ? "" : GAP);
            line.append(columns.get(i).right() ? padding + cell : cell + padding);
        }
        out.println(line.toString().stripTrailing());
    }
}
