package dev.keepsake.query;

/** What can be a column of a row: a field, a field under another name, or a figure of a group. */
public sealed interface Selectable permits Term, Rows.Column, Figure {}
