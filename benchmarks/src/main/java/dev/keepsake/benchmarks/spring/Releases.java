package dev.keepsake.benchmarks.spring;

import java.util.List;
import org.springframework.data.repository.ListCrudRepository;

/** All releases. */
public interface Releases extends ListCrudRepository<Release, Long> {
    /** Those of one project, by the index. */
    List<Release> findByProject(String project);
}
