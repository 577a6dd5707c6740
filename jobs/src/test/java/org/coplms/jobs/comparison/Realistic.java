package org.coplms.jobs.comparison;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.coplms.jobs.comparison.MethodInfo.Kind;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.results.PredictionScores;
import org.coplms.jobs.store.RunIdentity;
import org.coplms.jobs.store.RunStore;
import org.coplms.udfs.answer.Answers;

/** Fifteen methods, three seeds, four devices, seven domains, as a real comparison has them. */
final class Realistic {
  private static final List<String> DOMAINS = List.of("de", "en", "es", "fr", "it", "pl", "sv");
  private static final Set<String> DEVICE_ONLY = Set.of("it", "pl", "sv");
  private static final int QUESTIONS = 60;
  private static final int ROUNDS = 5;

  /** A method with the share of questions that it gets right and the bytes it moves. */
  private record Plan(
      String name, String title, Kind kind, boolean federated, double right, long bytes) {}

  private static final List<Plan> PLANS =
      List.of(
          new Plan("co-plms", "Co-PLMs", Kind.METHOD, true, 0.52, 7_900_000),
          new Plan("standalone", "Standalone", Kind.METHOD, false, 0.10, 0),
          new Plan("centralized", "Centralized", Kind.METHOD, false, 0.63, 0),
          new Plan("fedavg-lora", "FedAvg-LoRA", Kind.METHOD, true, 0.19, 1_300_000),
          new Plan("fedmkt", "FedMKT", Kind.METHOD, true, 0.22, 92_000_000),
          new Plan("fedcollm", "FedCoLLM", Kind.METHOD, true, 0.24, 1_450_000),
          new Plan("proxyfl", "ProxyFL", Kind.METHOD, true, 0.20, 7_800_000),
          new Plan("fedmkt-generated", "FedMKT + pairs", Kind.CONTROL, true, 0.46, 95_000_000),
          new Plan("no-dst", "− DST", Kind.ABLATION, true, 0.47, 7_900_000),
          new Plan("no-device-saml", "− SAML, devices", Kind.ABLATION, true, 0.53, 7_900_000),
          new Plan("no-server-saml", "− SAML, server", Kind.ABLATION, true, 0.49, 7_900_000),
          new Plan("random-dpm", "random DPM", Kind.ABLATION, true, 0.21, 7_900_000),
          new Plan("merge-svd", "merge svd", Kind.ABLATION, true, 0.51, 7_900_000),
          new Plan("merge-ffa", "merge ffa", Kind.ABLATION, true, 0.44, 4_000_000),
          new Plan("k-256", "K = 256", Kind.ABLATION, true, 0.515, 7_900_000),
          new Plan("no-generated", "− generated pairs", Kind.ABLATION, true, 0.25, 7_900_000));

  private Realistic() {}

  static ComparisonInfo info() {
    return new ComparisonInfo(
        "cldr",
        "test",
        "co-plms",
        PLANS.stream().map(p -> new MethodInfo(p.name, p.title, p.kind, p.federated)).toList(),
        "./coplms compare --conf conf/compare.conf",
        "2 cores, 8 GB",
        "2026-02-03",
        Map.of("spark", "3.5.7", "djl", "0.35.1", "pytorch", "2.7.1", "java", "17.0.12"));
  }

  /** The last method has no cell yet, and the one before only a single seed. */
  static Inputs inputs(SparkSession spark, Path folder) {
    List<CellFigures> figures = new ArrayList<>();
    Map<String, SortedMap<Question, Answer>> devices = new HashMap<>();
    List<Row> before = new ArrayList<>();
    List<Row> after = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    RunStore store = store(folder);
    for (int m = 0; m < PLANS.size() - 1; m++) {
      Plan plan = PLANS.get(m);
      for (long seed = 17; seed < (m == PLANS.size() - 2 ? 18 : 20); seed++) {
        SplittableRandom random = new SplittableRandom(100 * seed + m);
        Cell cell = new Cell(plan.name, seed, store, store);
        figures.add(figures(cell, plan, random));
        answers(
            seed,
            plan.right + 0.02 * (random.nextDouble() - 0.5),
            random,
            devices.computeIfAbsent(plan.name, name -> new TreeMap<>()));
        if (plan.federated && m != 6) {
          server(ModelNames.LLM_AFTER, plan.right, after);
          server(ModelNames.DPM, plan.right + 0.1, after);
          while (keys.size() < after.size()) {
            keys.add(cell.key());
          }
        }
      }
    }
    server(ModelNames.LLM_BEFORE, 0, before);
    server(ModelNames.DPM_BEFORE, 0, before);
    before.add(Scene.answer(ModelNames.SLM_BEFORE, 0, "de", "a", 0.2, 0));
    Map<String, MethodScores> scores = new HashMap<>();
    devices.forEach((name, own) -> scores.put(name, new MethodScores(own)));
    return new Inputs(
        info(), figures, scores, scores(spark, after, keys), base(spark, before, store));
  }

  private static CellFigures figures(Cell cell, Plan plan, SplittableRandom random) {
    SortedMap<Integer, Double> rougeL = new TreeMap<>();
    SortedMap<Integer, Double> exactMatch = new TreeMap<>();
    for (int round = 1; round <= ROUNDS; round++) {
      double value = 100 * plan.right * (1 - Math.pow(0.45, round)) + 3 * random.nextDouble();
      exactMatch.put(round, value);
      rougeL.put(round, 40 + 0.6 * value);
    }
    boolean generated = plan.bytes > 1_500_000;
    return new CellFigures(
        cell,
        DEVICE_ONLY,
        plan.bytes / 2,
        plan.bytes - plan.bytes / 2,
        OptionalDouble.of(412_000 + random.nextInt(900)),
        OptionalDouble.of(700 + 40 * plan.right),
        true,
        Optional.of(new Exposure(generated ? 611.3 : 0, generated ? 0.09 : 0, 0.031, 0.052)),
        Map.of(Metric.ROUGE_L, rougeL, Metric.EXACT_MATCH, exactMatch));
  }

  private static void answers(
      long seed, double right, SplittableRandom random, Map<Question, Answer> into) {
    for (int device = 0; device < 4; device++) {
      for (int i = 0; i < QUESTIONS; i++) {
        String domain = DOMAINS.get((device + i * i) % DOMAINS.size());
        boolean exact = random.nextDouble() < right - (DEVICE_ONLY.contains(domain) ? 0.1 : -0.05);
        double rougeL = exact ? 100 : 30 + 60 * random.nextDouble();
        into.put(
            new Question(seed, device, "q" + i),
            new Answer(domain, rougeL, exact ? 100 : 0, i % 17 == 0));
      }
    }
  }

  private static void server(String model, double right, List<Row> into) {
    for (String domain : DOMAINS) {
      double known = DEVICE_ONLY.contains(domain) ? right / 2 : 0.8;
      into.add(Scene.answer(model, -1, domain, domain, known, 0));
    }
  }

  private static SortedMap<String, PredictionScores> scores(
      SparkSession spark, List<Row> rows, List<String> keys) {
    // Rows of one cell have its key in place of the question.
    List<Row> keyed = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      keyed.add(
          RowFactory.create(
              row.get(0),
              row.get(1),
              row.get(2),
              row.get(3),
              keys.get(i),
              row.get(5),
              row.get(6),
              row.get(7),
              row.get(8)));
    }
    return PredictionScores.byKey(
        spark.createDataFrame(keyed, Answers.SCHEMA).withColumn("key", functions.col("question")),
        "key");
  }

  private static SortedMap<String, PredictionScores> base(
      SparkSession spark, List<Row> rows, RunStore store) {
    return PredictionScores.byKey(
        spark.createDataFrame(rows, Answers.SCHEMA).withColumn("key", functions.lit(store.root())),
        "key");
  }

  private static RunStore store(Path folder) {
    RunIdentity identity =
        new RunIdentity(JsonNodeFactory.instance.objectNode(), 1, new TreeMap<>(), Set.of());
    return RunStore.open(folder.resolve("run").toString(), identity, new Configuration());
  }
}
