package dev.keepsake.sql;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Decimals as text whose order is that of the numbers: {@code 0012.50} for 12.5 of six digits, two after the point;
 * negative ones start with a minus, which is less than every digit, and have each digit's complement to nine.
 */
final class SortableDecimal {
    private SortableDecimal() {}

    static String encode(BigDecimal number, int precision, int scale) {
        String digits = number.abs().setScale(scale, RoundingMode.UNNECESSARY).toPlainString();
        int whole = Math.max(precision - scale, 1);
        int point = digits.indexOf('.');
        String padded = "0".repeat(whole - (point < 0 ? digits.length() : point)) + digits;
        return number.signum() < 0 ? "-" + complement(padded) : padded;
    }

    static BigDecimal decode(String text) {
        return text.startsWith("-") ? new BigDecimal(complement(text.substring(1))).negate() : new BigDecimal(text);
    }

    private static String complement(String digits) {
        StringBuilder complement = new StringBuilder(digits.length());
        for (int i = 0; i < digits.length(); i++) {
            char digit = digits.charAt(i);
            complement.append(digit == '.' ? '.' : (char) ('9' - digit + '0'));
        }
        return complement.toString();
    }

    static Column.Floor floor(BigDecimal number, int precision, int scale) {
        BigDecimal floor = number.setScale(scale, RoundingMode.FLOOR);
        if (floor.precision() - floor.scale() > precision - scale && floor.signum() != 0) {
            return new Column.Floor(null, false, floor.signum());
        }
        return new Column.Floor(encode(floor, precision, scale), floor.compareTo(number) == 0, 0);
    }
}
