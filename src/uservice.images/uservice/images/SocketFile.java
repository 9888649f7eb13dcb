package uservice.images;

import module java.base;

/// Finds out why a Unix socket cannot be connected to: the system says no more than "permission denied".
final class SocketFile {
  private SocketFile() {}

  /// What is wrong with `socket`, after an attempt to connect to it ended in `failed`.
  static String explain(Path socket, IOException failed) {
    Optional<Path> shut = shut(socket.getParent());
    if (shut.isPresent()) {
      return "permission denied: folder " + shut.get() + " may not be entered, it "
          + owners(shut.get(), PosixFilePermission.GROUP_EXECUTE);
    }
    try {
      var file = Files.readAttributes(socket, BasicFileAttributes.class);
      if (!file.isOther()) {
        return "this is a " + (file.isDirectory() ? "folder" : "file") + ", and no socket";
      }
    } catch (NoSuchFileException missing) {
      return "there is no such socket; the container runtime is not running, or listens elsewhere, or its folder is not mounted here";
    } catch (IOException | SecurityException unknown) {
      return told(failed);
    }
    if (!Files.isWritable(socket)) {
      return "permission denied: the socket " + owners(socket, PosixFilePermission.GROUP_WRITE);
    }
    return failed instanceof SocketTimeoutException ? told(failed)
        : told(failed).contains("refused") ? "nobody listens on the socket; the container runtime is not running" : told(failed);
  }

  private static String told(IOException failed) { return Objects.requireNonNullElse(failed.getMessage(), failed.toString()); }

  /// The outermost folder on the way that is there and may not be entered.
  private static Optional<Path> shut(Path folder) {
    var way = new ArrayDeque<Path>();
    for (Path each = folder; each != null; each = each.getParent()) {
      way.push(each);
    }
    return way.stream().filter(each -> Files.isDirectory(each) && !Files.isExecutable(each)).findFirst();
  }

  /// To whom a file belongs, and who has to be a member of what to have `permission`.
  private static String owners(Path file, PosixFilePermission permission) {
    try {
      var posix = Files.readAttributes(file, PosixFileAttributes.class);
      String group = "group '" + posix.group().getName() + "' (id " + Files.getAttribute(file, "unix:gid") + ")";
      String belongs = "belongs to user '" + posix.owner().getName() + "' and " + group
          + " with " + PosixFilePermissions.toString(posix.permissions());
      return belongs + (posix.permissions().contains(permission)
          ? "; run this process as a member of that group (supplementalGroups in Kubernetes, --group-add in Docker)"
          : "; no group but only that user may");
    } catch (IOException | UnsupportedOperationException unknown) {
      return "belongs to somebody else";
    }
  }
}
