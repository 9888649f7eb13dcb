package process;

/// The floor of a start: a JVM that prints one line.
public final class HelloWorld {
  public static void main(String[] arguments) {
    System.out.println("hello, world");
  }
}
