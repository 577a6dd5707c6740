package org.coplms.proxy.translate;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.coplms.proxy.lm.Checkpoint;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.PeftAdapter;
import org.coplms.proxy.lora.SavedAdapter;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tokenizer.LmTokenizer;

/** What a local folder holds: a checkpoint, or a LoRA that names one; and domain adapters. */
final class ModelFiles {
  private ModelFiles() {}

  /** The folder's checkpoint: itself, or the one that its LoRA belongs to. */
  private static Path checkpoint(Path folder) {
    if (!holds(folder, PeftAdapter.CONFIG)) {
      return folder;
    }
    PeftAdapter adapter = lora(folder);
    Path base = folder.resolve(adapter.base());
    if (adapter.base().isEmpty() || !Files.isDirectory(base)) {
      throw new IllegalArgumentException(
          "%s holds a LoRA of '%s', and there is no such folder here; correct base_model_name_or_path in %s, or export the model with --format merged"
              .formatted(folder, adapter.base(), PeftAdapter.CONFIG));
    }
    return base;
  }

  /**
   * The model with all that the folder adds to its checkpoint; owned by {@code owner}.
   *
   * @throws IllegalArgumentException naming the file that is missing or wrong
   */
  static LanguageModel model(Path folder, NDManager owner) {
    LanguageModel model = Checkpoint.load(checkpoint(folder), owner);
    try {
      if (holds(folder, PeftAdapter.CONFIG)) {
        model.attachLora(lora(folder));
      }
      if (holds(folder, SavedAdapter.CONFIG)) {
        model.attachAdapter(
            SavedAdapter.parse(
                text(folder, SavedAdapter.CONFIG),
                Safetensors.read(folder.resolve(SavedAdapter.WEIGHTS))));
      }
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** The checkpoint's tokenizer; the caller closes it. */
  static LmTokenizer tokenizer(Path folder) {
    return LmTokenizer.load(checkpoint(folder));
  }

  private static PeftAdapter lora(Path folder) {
    return PeftAdapter.parse(
        text(folder, PeftAdapter.CONFIG), Safetensors.read(folder.resolve(PeftAdapter.WEIGHTS)));
  }

  private static boolean holds(Path folder, String name) {
    return Files.isRegularFile(folder.resolve(name));
  }

  private static String text(Path folder, String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + folder.resolve(name), e);
    }
  }
}
