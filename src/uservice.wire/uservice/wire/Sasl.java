package uservice.wire;

import module java.base;

/// Who a client is, and how it proves that (SASL, RFC 4422).
public record Sasl(Mechanism mechanism, String user, String password) {
  /// How a client proves who it is.
  public enum Mechanism {
    /// By saying the password (RFC 4616).
    PLAIN,
    SCRAM_SHA_256,
    SCRAM_SHA_512;

    /// As a server offers it: `SCRAM-SHA-256`.
    @Override public String toString() { return name().replace('_', '-'); }
  }

  /// What a URI says: `user:password@`, and the parameter `sasl`. Empty where it names no user.
  public static Optional<Sasl> of(Access access) {
    Optional<String> user = access.address().user();
    Optional<String> password = access.password();
    Mechanism mechanism = access.address().choice("sasl", Mechanism.SCRAM_SHA_512);
    if (user.isEmpty()) {
      if (password.isPresent() || access.address().parameter("sasl").isPresent()) {
        throw new IllegalArgumentException("has " + (password.isPresent() ? "a password" : "a SASL mechanism") + ", but no user");
      }
      return Optional.empty();
    }
    if (password.isEmpty() || password.get().isEmpty()) {
      throw new IllegalArgumentException("has the user '" + user.get() + "' without a password: must be behind a colon, or in a file named by password_file");
    }
    if (user.get().indexOf(0) >= 0 || password.get().indexOf(0) >= 0) {
      throw new IllegalArgumentException("user and password must have no zero character");
    }
    return Optional.of(new Sasl(mechanism, user.get(), password.get()));
  }

  /// The mechanisms as a URI has them.
  public static String mechanisms() { return Stream.of(Mechanism.values()).map(Address::spelled).collect(Collectors.joining(", ")); }

  /// A new exchange by SCRAM; empty for [Mechanism#PLAIN].
  public Optional<Scram> scram() {
    return switch (mechanism) {
      case PLAIN -> Optional.empty();
      case SCRAM_SHA_256 -> Optional.of(new Scram(Scram.Hash.SHA_256, user, password, Scram.Binding.NONE));
      case SCRAM_SHA_512 -> Optional.of(new Scram(Scram.Hash.SHA_512, user, password, Scram.Binding.NONE));
    };
  }

  /// The one message of [Mechanism#PLAIN].
  public String plain() { return "\0" + user + "\0" + password; }

  /// Never the password.
  @Override public String toString() { return mechanism + " as '" + user + "'"; }
}
