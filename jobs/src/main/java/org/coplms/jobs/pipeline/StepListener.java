package org.coplms.jobs.pipeline;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.Option;
import scala.Tuple4;
import scala.collection.Iterator;
import scala.collection.Seq;

/** Sums what running and finished tasks added to one accumulator. */
public final class StepListener extends SparkListener {
  private final long accumulator;
  private final LongConsumer total;
  private final Map<Long, Long> byTask = new ConcurrentHashMap<>();

  /**
   * Listens to one accumulator.
   *
   * @param total gets the sum whenever it has changed
   */
  public StepListener(long accumulator, LongConsumer total) {
    this.accumulator = accumulator;
    this.total = total;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    Iterator<Tuple4<Object, Object, Object, Seq<AccumulableInfo>>> tasks =
        heartbeat.accumUpdates().iterator();
    while (tasks.hasNext()) {
      Tuple4<Object, Object, Object, Seq<AccumulableInfo>> task = tasks.next();
      update((Long) task._1(), task._4());
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.taskInfo().successful()) {
      update(end.taskInfo().taskId(), end.taskInfo().accumulables());
    } else {
      byTask.remove(end.taskInfo().taskId());
    }
  }

  private void update(long task, Seq<AccumulableInfo> infos) {
    Iterator<AccumulableInfo> each = infos.iterator();
    while (each.hasNext()) {
      AccumulableInfo info = each.next();
      Option<Object> added = info.update();
      if (info.id() == accumulator && added.isDefined()) {
        byTask.put(task, ((Number) added.get()).longValue());
        total.accept(byTask.values().stream().mapToLong(Long::longValue).sum());
      }
    }
  }
}
