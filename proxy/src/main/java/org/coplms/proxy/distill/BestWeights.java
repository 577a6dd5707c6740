package org.coplms.proxy.distill;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.Trainee;

/** The weights with the lowest validation loss so far, and how long ago that was. */
final class BestWeights {
  private final int patience;
  private final List<Double> course = new ArrayList<>();
  private SortedMap<String, HostTensor> weights;
  private double lowest = Double.POSITIVE_INFINITY;
  private int sinceLowest;

  BestWeights(int patience) {
    this.patience = patience;
  }

  void offer(double loss, Trainee current) {
    course.add(loss);
    if (loss < lowest) {
      lowest = loss;
      weights = current.values();
      sinceLowest = 0;
    } else {
      sinceLowest++;
    }
  }

  boolean exhausted() {
    return sinceLowest >= patience;
  }

  List<Double> course() {
    return List.copyOf(course);
  }

  /** The best weights, or the current ones when nothing was held out. */
  SortedMap<String, HostTensor> weightsOr(Trainee current) {
    return weights == null ? current.values() : weights;
  }
}
