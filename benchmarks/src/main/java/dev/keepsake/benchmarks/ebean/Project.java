package dev.keepsake.benchmarks.ebean;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import java.util.ArrayList;
import java.util.List;

/** A project, as Ebean keeps it, which wants it public. */
@Entity
@Table(name = "projects")
public class Project {
    @Id
    private String id;

    private String license;

    @OneToMany(mappedBy = "project")
    private List<Release> releases = new ArrayList<>();

    public Project() {}

    Project(String id, String license) {
        this.id = id;
        this.license = license;
    }

    List<Release> releases() {
        return releases;
    }
}
