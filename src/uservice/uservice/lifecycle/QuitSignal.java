package uservice.lifecycle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import module java.base;

/// SIGQUIT, which the JVM keeps for its thread dump and [sun.misc.Signal] refuses: taken from the operating system through the foreign
/// function API, on Linux, on x86-64 and aarch64. This class is loaded by whoever asks for it and by nobody else, since the API
/// costs some 90 ms of a start without a cache.
///
/// ```
///   SIGQUIT ──▶ handler, 25 to 28 bytes of machine code ──write(eventfd, 1)──▶ eventfd ──read──▶ thread quit-signal ──▶ action
/// ```
///
/// A handler may run on any thread at any instant, so that hardly anything may be called in it, and nothing of Java. This one does one system
/// call that signal-safety(7) allows. The eventfd adds up what is written: no burst overflows it, and the thread that reads
/// it gets the number of signals since it read last. All fits in one page, writable first, executable after, never both.
final class QuitSignal {
  private static final int SIGQUIT = 3;
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int EFD_CLOEXEC = 0x80000;
  private static final int SA_ONSTACK = 0x08000000; // where the thread has a stack for signals, as the JVM's may
  private static final int SA_RESTART = 0x10000000; // system calls that it cuts into go on by themselves
  private static final long PAGE = 65_536; // the largest in use, so a whole number of pages everywhere
  private static final int ONE = 32; // where the 8 bytes lie that the handler writes, the number 1
  private static final int EINTR = 4;

  // struct sigaction of glibc and musl, 64 bits: handler 0, mask 8 (128 bytes), flags 136, restorer 144 (filled in by the library).
  private static final long SIGACTION_BYTES = 152;
  private static final long SIGACTION_FLAGS = 136;

  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final AtomicReference<Runnable> ACTION = new AtomicReference<>();
  private static final ReentrantLock INSTALLING = new ReentrantLock();
  private static boolean installed; // guarded by it

  private QuitSignal() {}

  /// Has `action` run once for each signal, on a thread of its own; the last action that was given is the one.
  ///
  /// @throws IllegalArgumentException if it cannot be had here, with the reason and with what can
  static void on(Runnable action) {
    ACTION.set(action);
    INSTALLING.lock();
    try {
      if (!installed) {
        install(System.getProperty("os.name"), System.getProperty("os.arch"));
        installed = true;
      }
    } catch (IllegalCallerException denied) {
      throw refused("native access is denied: the JVM needs --enable-native-access=uservice", denied);
    } catch (RuntimeException | Error asIs) {
      throw asIs;
    } catch (Throwable broken) {
      throw refused(broken.getMessage(), broken);
    } finally {
      INSTALLING.unlock();
    }
  }

  private static IllegalArgumentException refused(String why, Throwable cause) {
    return new IllegalArgumentException("signal 'QUIT' cannot be handled: " + why + "; USR1 and USR2 can, everywhere", cause);
  }

  /// The handler that writes 8 bytes at offset [#ONE] to `file`; empty for another system or processor.
  static byte[] code(String system, String processor, int file) {
    var code = ByteBuffer.allocate(ONE + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    if (!system.equals("Linux")) {
      return new byte[0];
    }
    switch (processor) {
      case "amd64", "x86_64" -> {
        code.put((byte) 0xb8).putInt(1); // mov eax, 1: write (arch/x86/entry/syscalls/syscall_64.tbl)
        code.put((byte) 0xbf).putInt(file); // mov edi, file
        code.put((byte) 0x48).put((byte) 0x8d).put((byte) 0x35).putInt(ONE - 17); // lea rsi, [rip + ONE - 17]: 17 is where the next one begins
        code.put((byte) 0xba).putInt(8); // mov edx, 8
        code.put((byte) 0x0f).put((byte) 0x05); // syscall: spoils rax, rcx, r11, which a function may
        code.put((byte) 0xc3); // ret
      }
      case "aarch64" -> {
        code.putInt(0xd2800808); // movz x8, 64: write (include/uapi/asm-generic/unistd.h)
        code.putInt(0x52800000 | (file & 0xffff) << 5); // movz w0, the lower half of file
        code.putInt(0x72a00000 | (file >>> 16) << 5); // movk w0, its upper half, lsl 16
        code.putInt(0x10000001 | (ONE - 12) / 4 << 5); // adr x1, ONE: from here, at 12
        code.putInt(0xd2800102); // movz x2, 8
        code.putInt(0xd4000001); // svc 0
        code.putInt(0xd65f03c0); // ret
      }
      default -> {
        return new byte[0];
      }
    }
    return code.putLong(ONE, 1).array();
  }

  @SuppressWarnings("restricted") // this is what native access is for
  private static void install(String system, String processor) throws Throwable {
    if (code(system, processor, 0).length == 0) {
      throw refused(system + " on " + processor + " is not Linux on x86-64 or aarch64", null);
    }
    try (Arena calls = Arena.ofConfined()) {
      MemorySegment state = calls.allocate(CALL_STATE);
      int file = (int) call("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT)).invokeExact(state, 0, EFD_CLOEXEC);
      check(file >= 0, "eventfd", state);
      MemorySegment page = (MemorySegment) call("mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG))
          .invokeExact(state, MemorySegment.NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
      check(page.address() != -1, "mmap", state);
      MemorySegment.copy(MemorySegment.ofArray(code(system, processor, file)), 0,
          page.reinterpret(PAGE), 0, ONE + Long.BYTES);
      // The kernel makes what was written visible to the processor's fetches when the page becomes executable.
      int closed = (int) call("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT))
          .invokeExact(state, page, PAGE, PROT_READ | PROT_EXEC);
      check(closed == 0, "mprotect: executable memory is denied", state);
      Thread.ofPlatform().daemon().name("quit-signal").start(() -> read(file));
      MemorySegment action = calls.allocate(SIGACTION_BYTES, Long.BYTES);
      action.set(ADDRESS, 0, page);
      action.set(JAVA_INT, SIGACTION_FLAGS, SA_RESTART | SA_ONSTACK);
      int taken = (int) call("sigaction", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS)).invokeExact(state, SIGQUIT, action, MemorySegment.NULL);
      check(taken == 0, "sigaction", state);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle call(String name, FunctionDescriptor shape) {
    Linker linker = Linker.nativeLinker();
    MemorySegment function = linker.defaultLookup().find(name).orElseThrow(() -> refused("the C library has no '" + name + "'", null));
    return linker.downcallHandle(function, shape, Linker.Option.captureCallState("errno"));
  }

  private static void check(boolean well, String what, MemorySegment state) throws IOException {
    if (!well) {
      throw new IOException(what + " (errno " + (int) ERRNO.get(state, 0L) + ")");
    }
  }

  /// Reads the eventfd for as long as the process lives, 8 bytes at a time: the number of signals since the last time.
  private static void read(int file) {
    try (Arena own = Arena.ofConfined()) {
      MethodHandle read = call("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
      MemorySegment state = own.allocate(CALL_STATE);
      MemorySegment count = own.allocate(JAVA_LONG);
      while (true) {
        long got = (long) read.invokeExact(state, file, count, (long) Long.BYTES);
        if (got == Long.BYTES) {
          run(count.get(JAVA_LONG, 0));
        } else if ((int) ERRNO.get(state, 0L) != EINTR) {
          throw new IOException("read (errno " + (int) ERRNO.get(state, 0L) + ")");
        }
      }
    } catch (Throwable broken) {
      System.getLogger("uservice.lifecycle").log(System.Logger.Level.ERROR, "SIGQUIT is heard no more", broken);
    }
  }

  private static void run(long signals) {
    for (long i = 0; i < signals; i++) {
      try {
        ACTION.get().run();
      } catch (RuntimeException | Error bug) {
        System.getLogger("uservice.lifecycle").log(System.Logger.Level.ERROR, "the action of SIGQUIT failed", bug);
      }
    }
  }
}
