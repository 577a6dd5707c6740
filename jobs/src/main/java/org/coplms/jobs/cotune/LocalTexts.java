package org.coplms.jobs.cotune;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.config.LocalSettings.Shared;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.store.Crossing;
import org.coplms.jobs.store.Direction;
import org.coplms.proxy.train.Example;
import org.coplms.udfs.model.ExampleRows;

/** Texts that cross the line between devices and server in the baselines. */
final class LocalTexts {
  /** Stands in the ledger where names of tensors stand otherwise. */
  private static final List<String> NAME = List.of("texts");

  private LocalTexts() {}

  /** The chosen texts, by id. */
  static List<Example> shared(RunContext context, Shared choice) {
    return switch (choice) {
      case NONE -> List.of();
      case PUBLIC -> collect(publicExamples(context));
      case GENERATED -> collect(SharedTexts.read(context));
    };
  }

  /** The server's public examples. */
  static Dataset<Row> publicExamples(RunContext context) {
    return examples(Prepared.server(context.spark(), context.store().dataPath(), Splits.PUBLIC));
  }

  /** The columns of an example alone. */
  static Dataset<Row> examples(Dataset<Row> rows) {
    return rows.select("id", "domain", "prompt", "responses");
  }

  /** On the driver, by id. */
  static List<Example> collect(Dataset<Row> texts) {
    return ExampleRows.sorted(texts.collectAsList().iterator());
  }

  /** One message of texts: the UTF-8 bytes of prompts and responses. */
  static Crossing crossing(int round, int device, Direction direction, List<Example> texts) {
    return new Crossing(round, device, direction, NAME, bytes(texts));
  }

  /** The shared texts to each device: sent once, before the first round. */
  static List<Crossing> sent(int round, List<Integer> devices, List<Example> texts) {
    if (round > 1 || texts.isEmpty()) {
      return List.of();
    }
    return devices.stream().map(device -> crossing(round, device, Direction.DOWN, texts)).toList();
  }

  private static long bytes(List<Example> texts) {
    long bytes = 0;
    for (Example text : texts) {
      bytes += utf8(text.prompt());
      for (String response : text.responses()) {
        bytes += utf8(response);
      }
    }
    return bytes;
  }

  private static long utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
