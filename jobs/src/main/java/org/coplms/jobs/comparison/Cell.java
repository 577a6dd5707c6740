package org.coplms.jobs.comparison;

import org.coplms.jobs.store.RunStore;

/**
 * One finished cell of a comparison: a method with a seed.
 *
 * @param method its name in the configuration
 * @param store the cell's run folder
 * @param base the run folder with its data, models, and the answers of the untuned models
 */
public record Cell(String method, long seed, RunStore store, RunStore base) {
  String key() {
    return method + "/" + seed;
  }
}
