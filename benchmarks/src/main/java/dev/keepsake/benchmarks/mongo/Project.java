package dev.keepsake.benchmarks.mongo;

import dev.morphia.annotations.Entity;
import dev.morphia.annotations.Id;

/** A project, as the driver's codecs for classes and Morphia want it. */
@Entity(value = "projects", useDiscriminator = false)
public class Project {
    @Id
    private String id;

    private String license;

    public String getId() {
        return id;
    }

    public void setId(String id) {
        this.id = id;
    }

    public String getLicense() {
        return license;
    }

    public void setLicense(String license) {
        this.license = license;
    }
}
