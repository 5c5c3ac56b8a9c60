package dev.keepsake.benchmarks.mongo;

import dev.keepsake.benchmarks.Row;
import org.bson.codecs.configuration.CodecProvider;
import org.bson.codecs.pojo.PojoCodecProvider;

/** The driver with its own codecs for classes, as its manual sets them up. */
public final class PojoPeer extends CollectionPeer<Project, Release> {
    /** Prepares it. */
    public PojoPeer() {
        super(Project.class, Release.class);
    }

    @Override
    public String name() {
        return "POJO codec";
    }

    @Override
    CodecProvider codecs() {
        return PojoCodecProvider.builder().register(Project.class, Release.class).build();
    }

    @Override
    Project projectOf(String id) {
        Project project = new Project();
        project.setId(id);
        project.setLicense("MIT");
        return project;
    }

    @Override
    String idOf(Project parent) {
        return parent.getId();
    }

    @Override
    Release releaseOf(Row row) {
        return Release.of(row);
    }

    @Override
    long weightOf(Release child) {
        return Release.weigh(child);
    }

    @Override
    String projectOf(Release child) {
        return child.getProject();
    }
}
