package uservice.lifecycle;

import static org.junit.jupiter.api.Assertions.*;

import module java.base;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class FileWatchTest {
  private static final Duration PERIOD = Duration.ofMillis(10);
  @TempDir Path folder;
  private final Semaphore changes = new Semaphore(0);

  @Test void noticesAFileWrittenInPlace() throws Exception {
    Path file = Files.writeString(folder.resolve("app.yaml"), "a: 1\n");
    try (var watch = FileWatch.start(file, PERIOD, changes::release)) {
      Files.writeString(file, "a: 22\n");
      changes.acquire();
    }
  }

  @Test void noticesTheSwapOfAConfigMapsLink() throws Exception {
    for (String version : List.of("..1", "..2")) {
      Files.createDirectory(folder.resolve(version));
      Files.writeString(folder.resolve(version).resolve("app.yaml"), "a: 1\n");
      Files.setLastModifiedTime(folder.resolve(version).resolve("app.yaml"), FileTime.fromMillis(0)); // nothing but the link differs
    }
    Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
    Path file = Files.createSymbolicLink(folder.resolve("app.yaml"), Path.of("..data/app.yaml"));
    try (var watch = FileWatch.start(file, PERIOD, changes::release)) {
      Path swapped = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2"));
      Files.move(swapped, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      changes.acquire();
    }
  }

  @Test void noticesAFileThatGoesAndComesBack() throws Exception {
    Path file = Files.writeString(folder.resolve("app.yaml"), "a: 1\n");
    try (var watch = FileWatch.start(file, PERIOD, changes::release)) {
      Files.delete(file);
      changes.acquire();
      Files.writeString(file, "a: 1\n");
      changes.acquire();
    }
  }

  @Test void goesOnAfterACallbackThatThrows() throws Exception {
    Path file = Files.writeString(folder.resolve("app.yaml"), "a: 1\n");
    try (var watch = FileWatch.start(file, PERIOD, () -> { changes.release(); throw new IllegalStateException("callback"); })) {
      Files.writeString(file, "a: 22\n");
      changes.acquire();
      Files.writeString(file, "a: 333\n");
      changes.acquire();
    }
  }
}
