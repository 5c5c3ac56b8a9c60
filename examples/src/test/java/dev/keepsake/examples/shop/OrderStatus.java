package dev.keepsake.examples.shop;

public enum OrderStatus {
    NEW,
    PAID,
    SHIPPED
}
