package org.coplms.jobs.export;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.coplms.proxy.tensor.ValueType;

/**
 * What is asked for.
 *
 * @param round empty for the last
 * @param out target folder; empty for one in the run folder
 * @param dtype in which merged weights are stored; empty for that of the checkpoint under them,
 *     tensor by tensor
 * @param force whether what an earlier export left there may be replaced
 */
public record ExportRequest(
    Subject subject,
    Layout layout,
    OptionalInt round,
    Optional<String> out,
    Optional<ValueType> dtype,
    boolean force) {
  /**
   * Checks the type.
   *
   * @throws ExportException when one is given for a LoRA
   */
  public ExportRequest {
    if (layout == Layout.PEFT && dtype.isPresent()) {
      throw new ExportException(
          "--dtype is for merged weights; a LoRA is stored as it was trained, in float32");
    }
  }

  /** Whose model. */
  public sealed interface Subject permits Device, ServerModel {}

  /** The SLM of an edge device. */
  public record Device(int id) implements Subject {}

  /** A model of the server. */
  public enum ServerModel implements Subject {
    LLM,
    DPM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is written of it. */
  public enum Layout {
    PEFT,
    MERGED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The names of the command line. */
  public enum Format {
    PEFT,
    MERGED,
    DPM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Reads the options of the command line.
   *
   * @throws ExportException when they name no model, or two
   */
  public static ExportRequest of(
      Optional<Integer> device,
      Optional<ServerModel> model,
      Format format,
      OptionalInt round,
      Optional<String> out,
      Optional<ValueType> dtype,
      boolean force) {
    Layout layout = format == Format.PEFT ? Layout.PEFT : Layout.MERGED;
    return new ExportRequest(subject(device, model, format), layout, round, out, dtype, force);
  }

  private static Subject subject(
      Optional<Integer> device, Optional<ServerModel> model, Format format) {
    if (format == Format.DPM
        && device.isEmpty()
        && model.orElse(ServerModel.DPM) != ServerModel.LLM) {
      return ServerModel.DPM;
    }
    if (format == Format.DPM) {
      throw new ExportException(
          "--format dpm exports the proxy; leave --device and --model out, or choose --format merged");
    }
    if (device.isPresent() == model.isPresent()) {
      throw new ExportException(
          "%s; give either --device N for an edge device's SLM, or --model llm or dpm"
              .formatted(
                  device.isPresent()
                      ? "--device and --model both name a model"
                      : "which model is not said"));
    }
    return device.<Subject>map(Device::new).orElseGet(model::get);
  }
}
