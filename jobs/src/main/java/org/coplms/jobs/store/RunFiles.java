package org.coplms.jobs.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.coplms.udfs.store.HadoopFiles;

/** Files below one folder, by their relative paths ({@code rounds/0003/proxy.safetensors}). */
final class RunFiles {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Refuses an empty file and whatever follows the first value. */
  private static final ObjectReader STRICT =
      MAPPER.reader(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String root;
  private final Configuration configuration;

  /**
   * @param root a path or URI; made absolute
   */
  RunFiles(String root, Configuration configuration) {
    this.configuration = configuration;
    Path path = new Path(root);
    try {
      FileSystem files = HadoopFiles.fileSystem(path, configuration);
      this.root = files.makeQualified(path).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("Cannot open the run folder " + root + ": " + e.getMessage(), e));
    }
  }

  String path(String relative) {
    return relative.isEmpty() ? root : root + "/" + relative;
  }

  Configuration configuration() {
    return configuration;
  }

  boolean exists(String relative) {
    return HadoopFiles.exists(path(relative), configuration);
  }

  byte[] read(String relative) {
    return HadoopFiles.read(path(relative), configuration);
  }

  void write(String relative, byte[] bytes) {
    HadoopFiles.write(path(relative), bytes, configuration);
  }

  void delete(String relative) {
    HadoopFiles.delete(path(relative), configuration);
  }

  void writeJson(String relative, JsonNode tree) {
    try {
      write(relative, (MAPPER.writeValueAsString(tree) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  JsonNode readJson(String relative) {
    try {
      return parse(relative);
    } catch (JsonProcessingException e) {
      throw new RunStoreException(
          path(relative) + " is damaged: " + e.getOriginalMessage() + "; " + remedy(relative), e);
    }
  }

  /** The file's JSON; empty if there is no such file or a crash cut it short. */
  Optional<JsonNode> tryJson(String relative) {
    try {
      return exists(relative) ? Optional.of(parse(relative)) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private JsonNode parse(String relative) throws JsonProcessingException {
    JsonNode tree = STRICT.readTree(new String(read(relative), StandardCharsets.UTF_8));
    if (tree.isMissingNode()) {
      throw new JsonMappingException(null, "the file is empty");
    }
    return tree;
  }

  private static String remedy(String relative) {
    return relative.equals(RunLayout.RUN_JSON)
        ? "restore it, or use another run folder"
        : "restore it, or delete it to have it made again";
  }

  /** Names of a folder's entries, sorted; none if there is no such folder. */
  List<String> names(String relative) {
    List<String> names = new ArrayList<>();
    for (FileStatus status : list(relative)) {
      names.add(status.getPath().getName());
    }
    Collections.sort(names);
    return names;
  }

  /** All files below a folder, relative to it, sorted; checksum companions are left out. */
  List<StoredFile> filesBelow(String relative) {
    List<StoredFile> found = new ArrayList<>();
    collect(relative, "", found);
    found.sort((a, b) -> a.name().compareTo(b.name()));
    return found;
  }

  private void collect(String folder, String prefix, List<StoredFile> found) {
    for (FileStatus status : list(folder)) {
      String name = prefix + status.getPath().getName();
      String below = folder + "/" + status.getPath().getName();
      if (status.isDirectory()) {
        collect(below, name + "/", found);
      } else if (!name.endsWith(".crc")) {
        found.add(new StoredFile(name, status.getLen(), sha256(below)));
      }
    }
  }

  private FileStatus[] list(String relative) {
    Path folder = new Path(path(relative));
    try {
      FileSystem files = HadoopFiles.fileSystem(folder, configuration);
      return files.exists(folder) ? files.listStatus(folder) : new FileStatus[0];
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("Cannot list " + folder + ": " + e.getMessage(), e));
    }
  }

  long length(String relative) {
    Path file = new Path(path(relative));
    try {
      return HadoopFiles.fileSystem(file, configuration).getFileStatus(file).getLen();
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("Cannot look up " + file + ": " + e.getMessage(), e));
    }
  }

  /** SHA-256 of a file in hexadecimal, read as a stream. */
  String sha256(String relative) {
    Path file = new Path(path(relative));
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in =
          new DigestInputStream(HadoopFiles.fileSystem(file, configuration).open(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("Cannot read " + file + ": " + e.getMessage(), e));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
