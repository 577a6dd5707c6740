package org.coplms.dataprep.files;

/** Files that cannot be read as asked: the message names the place, the reason and the remedy. */
public final class FilesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FilesException(String message) {
    super(message);
  }

  FilesException(String message, Throwable cause) {
    super(message, cause);
  }
}
