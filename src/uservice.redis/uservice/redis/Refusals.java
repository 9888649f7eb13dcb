package uservice.redis;

import java.util.regex.Pattern;

/// What a server's no means to whoever runs the service, and what would be right.
final class Refusals {
  private static final Pattern SCRIPT = Pattern.compile("@user_script: ?[0-9]+: -?([A-Z]+ .*)$");

  private Refusals() {}

  /// Whether the server has only not come so far yet, and the same again is worth a try by itself.
  static boolean passing(Reply.Refused no) {
    return switch (no.code()) {
      case "LOADING", "BUSY", "MASTERDOWN", "TRYAGAIN" -> true;
      default -> false;
    };
  }

  /// Whether another connection may reach another server, as after a failover.
  static boolean elsewhere(Reply.Refused no) { return no.code().equals("READONLY"); }

  /// The sentence: the server's own words, shortened, and what would be right.
  static String explain(Reply.Refused answer, Settings settings) {
    Reply.Refused no = within(answer);
    String said = no.message().length() > 300 ? no.message().substring(0, 300) + "…" : no.message();
    return switch (no.code()) {
      case "NOAUTH" -> "a password is needed: " + settings.address().scheme() + "://:PASSWORD@… or ://USER:PASSWORD@…";
      case "WRONGPASS" -> "user or password are wrong" + settings.address().user().map(user -> " (user '" + user + "')").orElse(" (user 'default')");
      case "NOPERM" -> "the user may not do that (" + said + "): grant it the keys ~" + settings.keys() + "* and the commands that are named";
      case "READONLY" -> "this is a read-only replica: name the primary";
      case "LOADING" -> "it is still loading its data";
      case "BUSY" -> "it is busy with somebody's script";
      case "MASTERDOWN" -> "this is a replica that has lost its primary: name the primary";
      case "MOVED", "ASK", "CROSSSLOT", "CLUSTERDOWN" -> CLUSTER;
      case "MISCONF" -> "it takes no writes, since it cannot save them to disk (full, or not writable): " + said;
      case "OOM" -> "it has used up its maxmemory: raise it, or take jobs out";
      case "WRONGTYPE" -> "a key that begins with '" + settings.keys() + "' holds something else: choose another by ?name=…";
      case "ERR" -> error(said, settings);
      default -> said;
    };
  }

  static final String CLUSTER = "this is a node of a cluster, and only single servers are spoken to: name a server with cluster-enabled no";

  /// Up to version 6 a script's failure is told around that of its command: `ERR Error running script (…): @user_script:1: OOM command …`.
  private static Reply.Refused within(Reply.Refused answer) {
    var inner = SCRIPT.matcher(answer.message());
    return inner.find() ? new Reply.Refused(inner.group(1)) : answer;
  }

  private static String error(String said, Settings settings) {
    if (said.contains("user executing the script can't run") || said.contains("user executing the script can't access")) {
      return explain(new Reply.Refused("NOPERM " + said), settings);
    }
    if (said.contains("DB index is out of range")) {
      return "there is no database " + settings.database() + ": its setting 'databases' says how many there are, 16 where it says nothing";
    }
    if (said.contains("without any password configured")) {
      return "it has no password, and the URI has one: leave it out, or set requirepass";
    }
    if (said.contains("max number of clients")) {
      return "it has as many clients as its maxclients allows";
    }
    if (said.contains("protected mode")) {
      return "it is in protected mode and takes connections from its own machine alone: set a password there";
    }
    return said;
  }
}
