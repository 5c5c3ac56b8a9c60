package dev.keepsake.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lines over two labelled axes that begin at zero, as SVG. */
final class Plot {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int LEFT = 80;
    private static final int RIGHT = 24;
    private static final int TOP = 48;
    private static final int BOTTOM = 64;
    private static final List<String> COLOURS = List.of("#1f6feb", "#d1571f");

    private final String title;
    private final String across;
    private final String up;
    private final List<Line> lines = new ArrayList<>();
    private final StringBuilder svg = new StringBuilder();

    /** One line, with its name. */
    private record Line(String name, Map<Integer, Double> points) {}

    Plot(String title, String across, String up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    void line(String name, Map<Integer, Double> points) {
        lines.add(new Line(name, points));
    }

    String svg() {
        double mostX = most(lines.stream()
                .flatMap(line -> line.points.keySet().stream())
                .map(Integer::doubleValue)
                .toList());
        double mostY = most(
                lines.stream().flatMap(line -> line.points.values().stream()).toList());
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='12'>",
                WIDTH, HEIGHT);
        add("<rect width='%d' height='%d' fill='white'/>", WIDTH, HEIGHT);
        add("<text x='%d' y='24' font-size='15' text-anchor='middle'>%s</text>", WIDTH / 2, title);
        axes(mostX, mostY);
        for (int i = 0; i < lines.size(); i++) {
            draw(lines.get(i), i, mostX, mostY);
        }
        add("</svg>");
        return svg.toString().replace('\'', '"');
    }

    private void axes(double mostX, double mostY) {
        double stepX = step(mostX);
        for (double x = 0; x <= mostX * 1.001; x += stepX) {
            add(
                    "<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='#ddd'/>",
                    x(x, mostX), TOP, x(x, mostX), HEIGHT - BOTTOM);
            add("<text x='%.1f' y='%d' text-anchor='middle'>%,.0f</text>", x(x, mostX), HEIGHT - BOTTOM + 18, x);
        }
        double stepY = step(mostY);
        for (double y = 0; y <= mostY * 1.001; y += stepY) {
            add(
                    "<line x1='%d' y1='%.1f' x2='%d' y2='%.1f' stroke='#ddd'/>",
                    LEFT, y(y, mostY), WIDTH - RIGHT, y(y, mostY));
            add("<text x='%d' y='%.1f' text-anchor='end'>%,.0f</text>", LEFT - 8, y(y, mostY) + 4, y);
        }
        add("<path d='M%d %dV%dH%d' fill='none' stroke='black'/>", LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT);
        add("<text x='%d' y='%d' text-anchor='middle'>%s</text>", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 20, across);
        int middle = (TOP + HEIGHT - BOTTOM) / 2;
        add("<text x='20' y='%d' text-anchor='middle' transform='rotate(-90 20 %d)'>%s</text>", middle, middle, up);
    }

    private void draw(Line line, int number, double mostX, double mostY) {
        String colour = COLOURS.get(number % COLOURS.size());
        List<String> corners = new ArrayList<>();
        line.points.forEach((x, y) -> {
            corners.add(String.format(Locale.ROOT, "%.1f,%.1f", x(x, mostX), y(y, mostY)));
            add("<circle cx='%.1f' cy='%.1f' r='3.5' fill='%s'/>", x(x, mostX), y(y, mostY), colour);
        });
        add("<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>", String.join(" ", corners), colour);
        int y = TOP + 18 + 20 * number;
        add("<line x1='%d' y1='%d' x2='%d' y2='%d' stroke='%s' stroke-width='2'/>", LEFT + 16, y, LEFT + 44, y, colour);
        add("<text x='%d' y='%d'>%s</text>", LEFT + 52, y + 4, line.name);
    }

    private static double x(double value, double most) {
        return LEFT + value / most * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double value, double most) {
        return HEIGHT - BOTTOM - value / most * (HEIGHT - TOP - BOTTOM);
    }

    /** Where an axis ends: the next whole step. */
    private static double most(List<Double> values) {
        double greatest = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        return Math.ceil(greatest / step(greatest)) * step(greatest);
    }

    /** A round number that goes four to ten times into the greatest value. */
    private static double step(double greatest) {
        double power = Math.pow(10, Math.floor(Math.log10(greatest)));
        return greatest / power >= 4 ? power : greatest / power >= 2 ? power / 2 : power / 5;
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
