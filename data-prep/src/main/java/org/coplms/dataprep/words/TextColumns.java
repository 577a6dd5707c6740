package org.coplms.dataprep.words;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.PreparationException;

/** The columns of a table that hold texts: a string each, or a list of strings. */
final class TextColumns {
  private static final List<String> USUAL =
      List.of(ExampleSchema.PROMPT, "response", ExampleSchema.RESPONSES);

  private final StructType schema;
  private final String place;

  /**
   * Columns of a table.
   *
   * @param place names the table in errors
   */
  TextColumns(StructType schema, String place) {
    this.schema = schema;
    this.place = place;
  }

  /**
   * The named columns, or else the usual ones that there are.
   *
   * @param names of columns, or {@code column.field} within one, also in a list of structures
   * @throws PreparationException when there is no such column, or it holds something else
   */
  Column[] choose(List<String> names) {
    List<String> chosen =
        names.isEmpty() ? USUAL.stream().filter(this::holdsTexts).toList() : names;
    if (chosen.isEmpty()) {
      throw new PreparationException(
          "%s has no texts in prompt, response or responses; name its columns of texts with --column, of %s"
              .formatted(place, all()));
    }
    return chosen.stream().map(this::column).toArray(Column[]::new);
  }

  private boolean holdsTexts(String name) {
    return type(schema, name).filter(TextColumns::isTexts).isPresent();
  }

  private static boolean isTexts(DataType type) {
    return type.equals(DataTypes.StringType)
        || (type instanceof ArrayType list && list.elementType().equals(DataTypes.StringType));
  }

  private Column column(String name) {
    DataType type =
        type(schema, name)
            .orElseThrow(
                () ->
                    new PreparationException(
                        "%s has no column '%s'; the columns are %s".formatted(place, name, all())));
    if (!isTexts(type)) {
      throw new PreparationException(
          "The column '%s' of %s holds %s, texts must be string or array<string>"
              .formatted(name, place, type.simpleString()));
    }
    return functions.col(quoted(schema, name)).as(name);
  }

  private String all() {
    return Arrays.stream(schema.fieldNames()).collect(Collectors.joining(", "));
  }

  /** The type of a column, or of a field within one: a list of them within a list. */
  private static Optional<DataType> type(StructType schema, String name) {
    if (Arrays.asList(schema.fieldNames()).contains(name)) {
      return Optional.of(schema.apply(name).dataType());
    }
    int dot = name.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    String field = name.substring(dot + 1);
    Optional<DataType> outer = type(schema, name.substring(0, dot));
    return outer.flatMap(
        type -> {
          if (type instanceof ArrayType list && list.elementType() instanceof StructType inner) {
            return type(inner, field).map(DataTypes::createArrayType);
          }
          return type instanceof StructType inner ? type(inner, field) : Optional.empty();
        });
  }

  private static String quoted(StructType schema, String name) {
    List<String> parts = new ArrayList<>();
    if (Arrays.asList(schema.fieldNames()).contains(name)) {
      parts.add(name);
    } else {
      parts.addAll(List.of(name.split("\\.")));
    }
    return parts.stream()
        .map(part -> Stream.of("`", part.replace("`", "``"), "`").collect(Collectors.joining()))
        .collect(Collectors.joining("."));
  }
}
