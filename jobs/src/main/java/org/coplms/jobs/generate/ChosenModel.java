package org.coplms.jobs.generate;

import java.util.Optional;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tokenizer.AutoFormat;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.generate.FolderState;
import org.coplms.udfs.store.HadoopFiles;

/**
 * A model to generate with, and the format that it learned.
 *
 * @param name for people
 */
public record ChosenModel(String name, AnsweringModel model, PromptFormat format) {

  /**
   * The checkpoint in a folder, or a tuned model where the folder is a run's.
   *
   * @param device edge device, for a run's SLM
   * @param precision of a checkpoint's weights in memory; a run says that itself
   * @param name {@code slm}, {@code llm} or {@code dpm} of a run
   * @throws IllegalArgumentException when the folder has no such model
   */
  public static ChosenModel of(
      String folder,
      Precision precision,
      OptionalInt device,
      Optional<String> name,
      Configuration files) {
    if (HadoopFiles.exists(folder + "/run.json", files)) {
      return FinishedRun.open(folder, files).choose(device, name);
    }
    if (device.isPresent() || name.isPresent()) {
      throw new IllegalArgumentException(
          "--device and --model-name choose a model of a run folder, but %s has no run.json"
              .formatted(folder));
    }
    return new ChosenModel(
        folder,
        new AnsweringModel.Untuned(FolderState.location(folder, precision, files)),
        new AutoFormat());
  }
}
