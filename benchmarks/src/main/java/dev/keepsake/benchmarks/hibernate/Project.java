package dev.keepsake.benchmarks.hibernate;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.annotations.Fetch;
import org.hibernate.annotations.FetchMode;

/** A project, as Hibernate keeps it. */
@Entity
@Table(name = "projects")
class Project {
    @Id
    private String id;

    private String license;

    @OneToMany(mappedBy = "project")
    @Fetch(FetchMode.SUBSELECT)
    private List<Release> releases = new ArrayList<>();

    Project() {}

    Project(String id, String license) {
        this.id = id;
        this.license = license;
    }

    List<Release> releases() {
        return releases;
    }
}
