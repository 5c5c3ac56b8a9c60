package dev.keepsake.benchmarks.spring;

import org.springframework.data.repository.ListCrudRepository;

/** All projects. */
public interface Projects extends ListCrudRepository<Project, String> {}
