package org.coplms.proxy.tensor;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Arrays over the bytes of a file, by torch's own {@code from_file}.
 *
 * <p>Torch opens the file for reading and maps it privately: pages are shared with every other
 * mapping until they are written to, the file never changes, and the mapping ends with its last
 * array. Java's {@code FileChannel.map} can do none of this: a private mapping needs a file that
 * may be written to, is limited to 2 GiB, and ends when the garbage collector comes to it.
 */
final class TorchFiles {
  /** Torch's numbers of the types here. */
  static final int FLOAT16 = 5;

  static final int FLOAT32 = 6;
  static final int BFLOAT16 = 15;

  private static final long CPU = -1;

  private TorchFiles() {}

  /**
   * The first {@code count} values of a file, mapped.
   *
   * @param scope on the CPU; owns the result
   * @return (count), of {@code type}
   */
  static NDArray map(Path file, ValueType type, long count, NDManager scope) {
    byte[] path = file.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    try (NDArray name =
            scope.create(ByteBuffer.wrap(path), new Shape(path.length), DataType.UINT8);
        NDArray numbers = scope.create(new long[] {count, type.torchType()})) {
      return TorchScript.MAP_FILE.apply(name, numbers);
    } catch (EngineException e) {
      throw new IllegalArgumentException(
          "Cannot map %d values of %s; was it replaced or cut while it was read?"
              .formatted(count, file),
          e);
    }
  }

  /**
   * Values [from, to) of a flat array in a precision, on the hardware of {@code owner}, which owns
   * them; a view where neither type nor hardware changes.
   */
  static NDArray part(NDArray values, long from, long to, Precision precision, NDManager owner) {
    Device device = owner.getDevice();
    long[] numbers = {from, to, torchType(precision), device.isGpu() ? device.getDeviceId() : CPU};
    try (NDManager cpu = Torch.newManager(Device.cpu());
        NDArray spec = cpu.create(numbers)) {
      NDArray part = TorchScript.PART.apply(values, spec);
      part.attach(owner);
      return part;
    }
  }

  static int torchType(Precision precision) {
    return switch (precision) {
      case FLOAT32 -> FLOAT32;
      case BFLOAT16 -> BFLOAT16;
    };
  }
}
