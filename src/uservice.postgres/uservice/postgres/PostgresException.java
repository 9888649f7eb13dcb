package uservice.postgres;

import module java.base;

import uservice.postgres.BackendMessage.ErrorResponse;

/// A command that PostgreSQL did not do, or may have done unheard.
final class PostgresException extends Exception {
  private static final int WORDS_CHARS_MAX = 500;
  private static final Set<String> PASSING = Set.of("53300", "57P01", "57P02", "57P03", "57P05", "40001", "40P01", "57014", "55P03");

  private final String sqlState;
  private final boolean mayHaveRun;
  private final boolean passing;

  private PostgresException(String message, String sqlState, boolean mayHaveRun, boolean passing, Throwable cause) {
    super(message, cause);
    this.sqlState = sqlState;
    this.mayHaveRun = mayHaveRun;
    this.passing = passing;
  }

  /// No session, or none in time, or one that was found dead: nothing was sent.
  static PostgresException unreachable(String message, Throwable cause) { return new PostgresException(message, "", false, true, cause); }

  /// Something was sent, and the answer did not come, or made no sense.
  static PostgresException unanswered(IOException cause) {
    return new PostgresException(cause.getMessage() == null ? cause.toString() : cause.getMessage(), "", true, true, cause);
  }

  /// The peer is not one to talk to, and that will not change by asking again.
  static PostgresException refused(String message) { return new PostgresException(message, "", false, false, null); }

  /// The server's own words.
  static PostgresException of(ErrorResponse error, boolean mayHaveRun) {
    String state = error.fields().getOrDefault('C', "");
    String words = error.fields().getOrDefault('M', "no message").replaceAll("\\p{Cntrl}", " ");
    String advice = advice(state);
    return new PostgresException(words.substring(0, Math.min(words.length(), WORDS_CHARS_MAX)) + " (" + state + ")" + (advice.isEmpty() ? "" : "; " + advice),
        state, mayHaveRun, PASSING.contains(state) || state.startsWith("08"), null);
  }

  static final String READ_ONLY = "this is a read-only replica, or read-only by its settings: name the primary";

  private static String advice(String state) {
    return switch (state) {
      case "28P01" -> "must be the user's password, in the URI or in PGPASSWORD";
      case "28000" -> "the role must exist and may log in, and pg_hba.conf must let it in from here, by TLS or without as in sslmode";
      case "3D000" -> "the database must exist: createdb, or another path in the URI";
      case "42501" -> "the role must have the right: grant it, or let the tables' owner make them first";
      case "53100" -> "free or add room on the server's disk";
      case "53300" -> "fewer sessions by pool=… in the URI, or more by max_connections";
      case "25006" -> READ_ONLY;
      default -> "";
    };
  }

  /// The five characters of the SQLSTATE; empty where the server did not say no.
  String sqlState() { return sqlState; }

  /// Whether the command's effects may be there, all of them; else none is.
  boolean mayHaveRun() { return mayHaveRun; }

  /// Whether the same may succeed later though nobody changes anything.
  boolean passing() { return passing; }
}
