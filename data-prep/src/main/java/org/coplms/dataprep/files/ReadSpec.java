package org.coplms.dataprep.files;

import java.io.Serializable;
import org.coplms.dataprep.Problems;

/**
 * What to read and how.
 *
 * @param path a file, folder (with all folders below) or glob on any Hadoop file system; names that
 *     begin with a dot or an underscore are left out
 */
public record ReadSpec(
    String path,
    FileFormat format,
    Layout layout,
    Columns columns,
    CsvOptions csv,
    DomainFrom domain,
    Cleaning cleaning)
    implements Serializable {
  public ReadSpec {
    Problems problems = new Problems();
    problems.require(path != null && !path.isBlank(), "path of the files is missing");
    problems.require(format != null, "format is missing");
    problems.require(layout != null, "layout is missing");
    problems.require(columns != null, "columns is missing");
    problems.require(csv != null, "csv is missing");
    problems.require(domain != null, "domain is missing");
    problems.require(cleaning != null, "cleaning is missing");
    problems.require(
        domain != DomainFrom.COLUMN
            || layout != Layout.COLUMNS
            || columns == null
            || !columns.domain().isEmpty(),
        "domain = column needs a name in columns.domain; or take domain = file or discover");
    problems.throwIfAny();
  }

  /** Records with {@code prompt}, {@code response} or {@code responses} and {@code domain}. */
  public static ReadSpec of(String path) {
    return new ReadSpec(
        path,
        FileFormat.AUTO,
        Layout.COLUMNS,
        Columns.defaults(),
        CsvOptions.defaults(),
        DomainFrom.COLUMN,
        Cleaning.defaults());
  }
}
