package uservice.redis;

import module java.base;

/// A Lua script that the server runs in one step. It is called by its hash, and sent whole where the server does not know it yet, or has
/// forgotten it.
record Script(String source, String hash) {
  static Script of(String source) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8)); // the server's choice
      return new Script(source, HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("BUG: every JDK has SHA-1", impossible);
    }
  }

  /// Runs it. The keys come first in `words`, behind their number, then the arguments.
  Reply run(Redis redis, List<?> words) throws RedisException, InterruptedException {
    return run(redis, command("EVALSHA", hash, words), words);
  }

  /// The command of [#run], for one that is run again and again with the same words.
  Command prepared(List<?> words) { return command("EVALSHA", hash, words); }

  /// The command that brings the script along.
  Command whole(List<?> words) { return command("EVAL", source, words); }

  /// Runs it with the command prepared for these words.
  Reply run(Redis redis, Command prepared, List<?> words) throws RedisException, InterruptedException {
    Reply reply = redis.ask(prepared);
    if (reply instanceof Reply.Refused no && no.code().equals("NOSCRIPT")) {
      reply = redis.ask(whole(words));
    }
    return reply;
  }

  private static Command command(String name, String first, List<?> words) {
    var all = new ArrayList<Object>(words.size() + 1);
    all.add(first);
    all.addAll(words);
    return Command.of(name, all);
  }
}
