package uservice;

/// `java -m uservice COMMAND`.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(Uservice.run(arguments));
  }
}
