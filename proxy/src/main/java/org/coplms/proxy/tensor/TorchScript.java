package org.coplms.proxy.tensor;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The functions of {@code kernels.py}, for what DJL's arrays cannot say: bfloat16 and fused
 * attention.
 *
 * <p>One module is loaded for each JVM. It holds no tensor, so it computes on the hardware of its
 * arguments, and any number of threads may call it. Torch's graph executor is kept from rewriting
 * the functions after their first calls, so that every call gives the same bits.
 */
enum TorchScript {
  LINEAR,
  PRODUCT,
  EMBEDDING,
  WIDEN,
  NARROW,
  ATTENTION,
  CAUSAL_ATTENTION,
  MAP_FILE,
  PART;

  /**
   * Calls the function; recorded, where recording is on, for the arguments that require a gradient.
   *
   * @param arguments without names, which DJL would take for structure
   * @return owned by the manager of the first argument
   */
  NDArray apply(NDArray... arguments) {
    NDList inputs = new NDList(arguments);
    inputs.add(Module.METHODS.get(this));
    JniUtils.setGraphExecutorOptimize(false);
    try {
      return IValueUtils.forward(Module.BLOCK, inputs, true).singletonOrThrow();
    } finally {
      JniUtils.setGraphExecutorOptimize(true);
    }
  }

  /** Loaded with the first call, and kept as long as the JVM. */
  private static final class Module {
    private static final String SOURCE = "kernels.py";
    private static final String METHOD_PREFIX = "module_method:"; // how DJL is told the function

    static final PtSymbolBlock BLOCK;
    static final Map<TorchScript, NDArray> METHODS = new EnumMap<>(TorchScript.class);

    static {
      NDManager forEver = Torch.newManager(Device.cpu());
      BLOCK = load(forEver);
      for (TorchScript function : TorchScript.values()) {
        NDArray method = forEver.zeros(new Shape());
        method.setName(METHOD_PREFIX + function.name().toLowerCase(Locale.ROOT));
        METHODS.put(function, method);
      }
    }

    private static PtSymbolBlock load(NDManager owner) {
      try (InputStream source = TorchScript.class.getResourceAsStream(SOURCE)) {
        byte[] archive = TorchArchive.of("Kernels", source.readAllBytes());
        InputStream stream = new ByteArrayInputStream(archive);
        return JniUtils.loadModule((PtNDManager) owner, stream, true, false);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + SOURCE + " from the class path", e);
      } catch (EngineException e) {
        throw new IllegalStateException(
            "This PyTorch does not take %s, which was written for 2.7; use the version in docs/adr/0001 or dtype = float32"
                .formatted(SOURCE),
            e);
      }
    }
  }
}
