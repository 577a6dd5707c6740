package org.coplms.dataprep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code statistics.json}: {@code fingerprint, spec, input, counts, server: {split: {domain:
 * rows}}, devices: {device: {split: {domain: rows}}}}.
 */
final class StatisticsJson {
  private static final JsonMapper JSON = new JsonMapper();

  private StatisticsJson() {}

  static String write(DataStatistics statistics) {
    try {
      ObjectNode root = JSON.createObjectNode();
      root.put("fingerprint", KeyedSeed.hex(statistics.spec(), 16));
      root.set("spec", JSON.readTree(statistics.spec()));
      root.put("input", statistics.input());
      root.set("counts", JSON.valueToTree(statistics.counts()));
      ObjectNode server = root.putObject("server");
      ObjectNode devices = root.putObject("devices");
      for (DataStatistics.Cell cell : statistics.cells()) {
        ObjectNode place =
            cell.device() == ExampleSchema.SERVER_ID
                ? server
                : child(devices, Integer.toString(cell.device()));
        child(place, cell.split()).put(cell.domain(), cell.rows());
      }
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Statistics are always JSON", e);
    }
  }

  static DataStatistics read(String json) {
    try {
      JsonNode root = JSON.readTree(json);
      List<DataStatistics.Cell> cells = new ArrayList<>();
      readPlace(root.required("server"), ExampleSchema.SERVER_ID, cells);
      root.required("devices")
          .fields()
          .forEachRemaining(
              device -> readPlace(device.getValue(), Integer.parseInt(device.getKey()), cells));
      return new DataStatistics(
          root.required("spec").toString(),
          root.required("input").textValue(),
          JSON.treeToValue(root.required("counts"), RecordCounts.class),
          cells);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new PreparationException("Not the statistics of prepared data: " + e.getMessage(), e);
    }
  }

  private static ObjectNode child(ObjectNode parent, String name) {
    return parent.get(name) instanceof ObjectNode there ? there : parent.putObject(name);
  }

  private static void readPlace(JsonNode place, int device, List<DataStatistics.Cell> into) {
    place
        .fields()
        .forEachRemaining(
            split ->
                split
                    .getValue()
                    .fields()
                    .forEachRemaining(
                        domain ->
                            into.add(
                                new DataStatistics.Cell(
                                    device,
                                    split.getKey(),
                                    domain.getKey(),
                                    domain.getValue().longValue()))));
  }
}
