package org.coplms.udfs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceChoiceTest {
  private static final Optional<Integer> NONE = Optional.empty();

  @Test
  void autoTakesWhatSparkAssigned() {
    assertThat(device("auto", NONE, 4)).isEqualTo(Device.cpu());
    assertThat(device("auto", Optional.of(2), 4)).isEqualTo(Device.gpu(2));
  }

  @Test
  void gpuTakesTheFirstWhereSparkAssignedNone() {
    assertThat(device("gpu", NONE, 4)).isEqualTo(Device.gpu(0));
    assertThat(device("gpu", Optional.of(3), 4)).isEqualTo(Device.gpu(3));
  }

  @Test
  void aNamedDeviceIsTakenWhateverSparkAssigned() {
    assertThat(device("gpu:1", Optional.of(3), 4)).isEqualTo(Device.gpu(1));
    assertThat(device("cpu", Optional.of(3), 4)).isEqualTo(Device.cpu());
  }

  @Test
  void aGpuThatIsNotThereIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> device("gpu:1", NONE, 1))
        .withMessageContaining("GPU 1, but torch sees 1 GPUs here")
        .withMessageContaining("compute.device = cpu");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cuda", "gpu:", "gpu:-1", "gpu:x", "GPU"})
  void anythingElseIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DeviceChoice.parse(text))
        .withMessageContaining("auto, cpu, gpu or gpu:N, got '" + text + "'");
  }

  private static Device device(String choice, Optional<Integer> assigned, int gpus) {
    return DeviceChoice.parse(choice).of(assigned, () -> gpus);
  }
}
