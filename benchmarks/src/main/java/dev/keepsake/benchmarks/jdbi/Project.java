package dev.keepsake.benchmarks.jdbi;

import java.util.List;

/** A project, as Jdbi maps it; its releases are put in by hand. */
public record Project(String id, String license, List<Release> releases) {}
