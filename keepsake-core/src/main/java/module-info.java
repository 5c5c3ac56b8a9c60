/** The nouns of Keepsake, its store SPI, and the store in memory. */
module dev.keepsake.core {
    requires transitive org.jspecify;
    requires tools.jackson.core;
    requires static jakarta.persistence;
    requires static jakarta.validation;

    exports dev.keepsake;
    exports dev.keepsake.codec;
    exports dev.keepsake.fault;
    exports dev.keepsake.json;
    exports dev.keepsake.keyvalue;
    exports dev.keepsake.query;
    exports dev.keepsake.schema;
    exports dev.keepsake.session;
    exports dev.keepsake.state;
    exports dev.keepsake.store;
    exports dev.keepsake.value;

    uses dev.keepsake.codec.ModelProvider;
    uses dev.keepsake.store.StoreProvider;

    provides dev.keepsake.store.StoreProvider with
            dev.keepsake.store.MemoryProvider;
}
