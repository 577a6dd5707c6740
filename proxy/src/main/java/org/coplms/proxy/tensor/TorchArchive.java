package org.coplms.proxy.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The file that {@code torch.jit.load} reads, made of source text: a zip with the code, and with
 * pickles of the module, which has no parameters, and of no constants.
 */
final class TorchArchive {
  /** torch's kProducedFileFormatVersion of 2.7. */
  private static final String FORMAT_VERSION = "10\n";

  private static final String PROTOCOL_2 = "\u0080\u0002";
  private static final String EMPTY_TUPLE = ")";
  private static final String NEW_OBJECT = "\u0081";
  private static final String EMPTY_DICT = "}";
  private static final String MARK = "(";
  private static final String FALSE = "\u0089";
  private static final String SET_ITEMS = "u";
  private static final String BUILD = "b";
  private static final String STOP = ".";

  private TorchArchive() {}

  /** An archive of the one class in {@code source}, whose only attribute is {@code training}. */
  static byte[] of(String className, byte[] source) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      add(zip, "data.pkl", latin(module(className)));
      add(zip, "code/__torch__.py", source);
      add(zip, "constants.pkl", latin(PROTOCOL_2 + EMPTY_TUPLE + STOP));
      add(zip, "version", latin(FORMAT_VERSION));
    }
    return bytes.toByteArray();
  }

  private static String module(String className) {
    String type = "c__torch__\n" + className + "\n";
    String attributes = MARK + text("training") + FALSE + SET_ITEMS;
    return PROTOCOL_2 + type + EMPTY_TUPLE + NEW_OBJECT + EMPTY_DICT + attributes + BUILD + STOP;
  }

  /** A string of fewer than 128 ASCII characters, after its length in four bytes. */
  private static String text(String ascii) {
    return "X" + (char) ascii.length() + "\0\0\0" + ascii;
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    zip.putNextEntry(new ZipEntry("kernels/" + name));
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
