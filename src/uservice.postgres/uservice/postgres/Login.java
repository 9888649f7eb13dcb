package uservice.postgres;

import module java.base;

import uservice.postgres.BackendMessage.*;
import uservice.postgres.FrontendMessage.*;
import uservice.postgres.Target.ChannelBinding;
import uservice.wire.Address;
import uservice.wire.Scram;
import uservice.wire.Wire;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The start of a session: TLS or not, who this is, and the proof (documentation, Message Flow, Start-up).
final class Login {
  private final Target target;
  private final Wire wire;
  private final boolean secured;
  private Scram scram;
  private boolean bound;
  private boolean asked;
  private boolean proven;

  Login(Target target, Wire wire, boolean secured) {
    this.target = target;
    this.wire = wire;
    this.secured = secured;
  }

  /// Asks for TLS and begins it; returns whether the connection has it. Nothing is read beyond the one byte that answers, so what
  /// somebody put behind it in clear text ends in the handshake.
  static boolean secure(Target target, Wire wire, boolean must) throws IOException, PostgresException {
    wire.out().write(FrontendMessage.bytes(List.of(new SSLRequest())));
    wire.out().flush();
    int answer = wire.in().read();
    if (answer == 'S') {
      target.secure(wire);
      return true;
    }
    if (answer < 0) {
      throw new EOFException("connection closed by the server where it was asked for TLS");
    }
    if (answer != 'N') {
      throw new ProtocolException("asked for TLS, the server says 0x%02x, expected S or N: this is no PostgreSQL".formatted(answer));
    }
    if (must) {
      throw PostgresException.refused("the server does no TLS, which sslmode=" + Address.spelled(target.sslMode) + " wants: set ssl = on there");
    }
    return false;
  }

  void begin() throws IOException {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("user", target.user);
    parameters.put("database", target.database);
    parameters.put("application_name", target.applicationName);
    parameters.put("client_encoding", "UTF8");
    parameters.put("default_transaction_isolation", "read committed"); // what the statements here are written for
    // A table that is empty one minute and full the next has no statistics to plan by: each statement has its index, in its order. And
    // compiling them takes longer than running them.
    for (String setting : List.of("enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin", "enable_sort", "jit")) {
      parameters.put(setting, "off");
    }
    send(new StartupMessage(parameters));
  }

  /// Answers one request of the server's.
  void answer(Authentication request) throws IOException, PostgresException {
    switch (request) {
      case AuthenticationOk() -> accepted();
      case AuthenticationCleartextPassword() -> {
        first("a password in clear text");
        send(new PasswordMessage(password()));
      }
      case AuthenticationMD5Password(var salt) -> {
        first("a password by MD5");
        send(new PasswordMessage("md5" + md5(md5(password().getBytes(UTF_8), target.user.getBytes(UTF_8)).getBytes(UTF_8), salt)));
      }
      case AuthenticationSASL(var mechanisms) -> {
        once();
        sasl(mechanisms);
      }
      case AuthenticationSASLContinue(var data) when scram != null -> send(new SASLResponse(scram.last(data)));
      case AuthenticationSASLFinal(var data) when scram != null -> {
        scram.verify(data);
        proven = true;
      }
      case AuthenticationSASLContinue _, AuthenticationSASLFinal _ -> throw new ProtocolException("SCRAM goes on that did not begin");
      case AuthenticationOther(int code) -> throw PostgresException.refused(
          "the server wants authentication " + code + " (Kerberos, GSSAPI, SSPI or newer), expected scram-sha-256 in its pg_hba.conf");
    }
  }

  private void accepted() throws IOException, PostgresException {
    if (scram != null && !proven) {
      throw new ProtocolException("SCRAM: the server did not prove that it knows the password");
    }
    if (target.channelBinding == ChannelBinding.REQUIRE && !bound) {
      throw PostgresException.refused("channel_binding=require, and the server let this client in without");
    }
  }

  private void once() throws ProtocolException {
    if (asked) {
      throw new ProtocolException("the server asks for a second proof");
    }
    asked = true;
  }

  /// Whether a password may go that is no longer secret to whoever sees it.
  private void first(String how) throws ProtocolException, PostgresException {
    once();
    if (!secured && !target.local() && !target.allowPlain) {
      throw PostgresException.refused("the server wants " + how + ", which a network may see: expected scram-sha-256 in its pg_hba.conf, sslmode=require, or allow_plain=true");
    }
    if (target.channelBinding == ChannelBinding.REQUIRE) {
      throw PostgresException.refused("channel_binding=require, and the server wants " + how + ", expected scram-sha-256 in its pg_hba.conf");
    }
  }

  private void sasl(List<String> mechanisms) throws IOException, PostgresException {
    var binding = target.channelBinding == ChannelBinding.DISABLE ? Optional.<Scram.Binding>empty() : wire.peerCertificate().flatMap(Scram.Binding::to);
    bound = binding.isPresent() && mechanisms.contains("SCRAM-SHA-256-PLUS");
    if (!bound && target.channelBinding == ChannelBinding.REQUIRE) {
      throw PostgresException.refused("channel_binding=require needs TLS and SCRAM-SHA-256-PLUS, the server offers " + mechanisms + (secured ? "" : " without TLS"));
    }
    if (!bound && !mechanisms.contains("SCRAM-SHA-256")) {
      throw PostgresException.refused("the server offers " + mechanisms + ", expected SCRAM-SHA-256");
    }
    scram = new Scram(Scram.Hash.SHA_256, "", SaslPrep.prepare(password()),
        bound ? binding.get() : binding.isPresent() ? Scram.Binding.NOT_OFFERED : Scram.Binding.NONE);
    send(new SASLInitialResponse(bound ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256", scram.first()));
  }

  private String password() throws PostgresException {
    return target.password.orElseThrow(() -> PostgresException.refused(
        "the server wants a password for user '" + target.user + "', and there is none: expected in the URI or in PGPASSWORD"));
  }

  private static String md5(byte[] first, byte[] second) {
    try {
      var md5 = MessageDigest.getInstance("MD5");
      md5.update(first);
      return HexFormat.of().formatHex(md5.digest(second));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("BUG: " + e, e);
    }
  }

  private void send(FrontendMessage message) throws IOException {
    wire.out().write(FrontendMessage.bytes(List.of(message)));
    wire.out().flush();
  }
}
