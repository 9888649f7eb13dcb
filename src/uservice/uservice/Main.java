package uservice;

/// `java -m uservice COMMAND`.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    // A method handle for each record's constructor costs more than half of the start; each is called once or twice.
    if (System.getProperty("jdk.reflect.useNativeAccessorOnly") == null) {
      System.setProperty("jdk.reflect.useNativeAccessorOnly", "true");
    }
    System.exit(Uservice.run(arguments));
  }
}
