package org.coplms.udfs.memory;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.coplms.udfs.model.DeviceChoice;
import org.coplms.udfs.model.MachineMemory;

/**
 * The machine on which tasks run: this one, or the smallest of a cluster's executors that answered.
 *
 * @param onDevice whether tasks compute on hardware with memory of its own
 * @param tasks that run at once in one JVM
 */
public record Machines(MemoryCheck memory, boolean onDevice, int tasks) {
  private static final String OVERHEAD = "spark.executor.memoryOverhead";
  private static final double DEFAULT_OVERHEAD = 0.1;
  private static final long LEAST_OVERHEAD = 384L << 20;

  /** The machines of a session, which are asked where they are not this one. */
  public static Machines of(SparkContext spark, DeviceChoice choice) {
    if (spark.isLocal()) {
      MachineMemory here = MachineMemory.ofThisProcess(choice);
      return new Machines(MemoryCheck.of(here), here.hasDeviceMemory(), spark.defaultParallelism());
    }
    MachineMemory least = smallestExecutor(spark, choice);
    MemoryCheck memory =
        spark.master().startsWith("yarn") && !least.hasDeviceMemory()
            ? onYarn(least, spark.getConf())
            : MemoryCheck.of(least);
    return new Machines(memory, least.hasDeviceMemory(), tasks(spark.getConf(), least));
  }

  /** This process, without Spark. */
  public static Machines here(DeviceChoice choice) {
    MachineMemory here = MachineMemory.ofThisProcess(choice);
    return new Machines(MemoryCheck.of(here), here.hasDeviceMemory(), 1);
  }

  private static MachineMemory smallestExecutor(SparkContext spark, DeviceChoice choice) {
    int asked = Math.max(1, spark.defaultParallelism());
    return new JavaSparkContext(spark)
            .parallelize(IntStream.range(0, asked).boxed().toList(), asked)
            .map(new MeasureFn(choice))
            .collect()
            .stream()
            .min(Comparator.comparingLong((MachineMemory m) -> MemoryCheck.of(m).nativeBytes()))
            .orElseThrow();
  }

  /** A container's limit on YARN is none of the kernel's: YARN kills what exceeds it. */
  private static MemoryCheck onYarn(MachineMemory memory, SparkConf conf) {
    long overhead =
        conf.contains(OVERHEAD)
            ? conf.getSizeAsMb(OVERHEAD) << 20
            : Math.max(LEAST_OVERHEAD, (long) (DEFAULT_OVERHEAD * memory.heapBytes()));
    return new MemoryCheck(
        memory.heapBytes(), overhead, "%s of a YARN container".formatted(OVERHEAD));
  }

  private static int tasks(SparkConf conf, MachineMemory memory) {
    int cores = conf.getInt("spark.executor.cores", memory.cores());
    int slots = Math.max(1, cores / conf.getInt("spark.task.cpus", 1));
    double gpus = conf.getDouble("spark.task.resource.gpu.amount", 0);
    return gpus > 0 ? Math.max(1, Math.min(slots, (int) (1 / gpus))) : slots;
  }

  private static final class MeasureFn implements Function<Integer, MachineMemory> {
    private static final long serialVersionUID = 1L;

    private final DeviceChoice choice;

    MeasureFn(DeviceChoice choice) {
      this.choice = choice;
    }

    @Override
    public MachineMemory call(Integer number) {
      return MachineMemory.ofThisProcess(choice);
    }
  }
}
