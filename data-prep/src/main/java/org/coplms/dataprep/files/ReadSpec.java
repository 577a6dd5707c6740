package org.coplms.dataprep.files;

import java.io.Serializable;

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
    Refusals refusals = new Refusals();
    refusals.require(path != null && !path.isBlank(), "path of the files is missing");
    refusals.require(format != null, "format is missing");
    refusals.require(layout != null, "layout is missing");
    refusals.require(columns != null, "columns is missing");
    refusals.require(csv != null, "csv is missing");
    refusals.require(domain != null, "domain is missing");
    refusals.require(cleaning != null, "cleaning is missing");
    refusals.require(
        domain != DomainFrom.COLUMN
            || layout != Layout.COLUMNS
            || columns == null
            || !columns.domain().isEmpty(),
        "domain = column needs a name in columns.domain; or take domain = file or discover");
    refusals.throwIfAny();
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
