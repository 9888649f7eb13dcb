package uservice.control;

import module java.base;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import uservice.http.ProblemException;
import uservice.http.Reply;
import uservice.json.Json;
import uservice.json.JsonException;
import uservice.log.Field;

/// Log lines that other programs post: one JSON object, an array of them, or one a line. They come out as the service's own do.
final class PostedLines {
  /// The most lines of one request.
  static final int LINES_MAX = 1000;
  /// The most loggers by names of the callers'; what comes with others is logged as [#USUAL], the name as a field.
  static final int LOGGERS_MAX = 200;
  private static final String USUAL = "program";

  private record Posted(String logger, Level level, String message, Field[] fields) {}

  private final Map<String, Logger> loggers = new ConcurrentHashMap<>();

  Reply post(byte[] body) {
    var posted = new ArrayList<Posted>();
    List<Json> lines = lines(body);
    for (int i = 0; i < lines.size(); i++) {
      posted.add(read(Body.of(lines.size() == 1 ? "" : "line " + (i + 1), lines.get(i))));
    }
    posted.forEach(this::log); // none of them unless all are well
    return Reply.noContent();
  }

  private static List<Json> lines(byte[] body) {
    List<Json> lines;
    try {
      lines = Json.parse(body) instanceof Json.Arr(List<Json> all) ? all : List.of(Json.parse(body));
    } catch (JsonException several) {
      lines = new ArrayList<>();
      String[] texts = new String(body, StandardCharsets.UTF_8).split("\n");
      for (int i = 0; i < texts.length && lines.size() <= LINES_MAX; i++) {
        if (!texts[i].isBlank()) {
          lines.add(parse(texts[i], i + 1));
        }
      }
    }
    if (lines.isEmpty() || lines.size() > LINES_MAX) {
      throw new ProblemException(400, lines.isEmpty() ? "there is no line: a JSON object, or several" : "there are more than " + LINES_MAX + " lines");
    }
    return lines;
  }

  private static Json parse(String text, int line) {
    try {
      return Json.parse(text);
    } catch (JsonException broken) {
      throw new ProblemException(400, "line " + line + " is no JSON: " + broken.getMessage(), broken);
    }
  }

  private static Posted read(Body body) {
    String message = body.text("message").or(() -> body.text("msg")).orElseThrow(() -> body.wrong("message is missing"));
    Level level = body.text("level").map(word -> level(body, word)).orElse(Level.INFO);
    String logger = body.text("logger").orElse(USUAL);
    try {
      Name.check(logger);
    } catch (IllegalArgumentException unfit) {
      throw body.wrong("logger: " + unfit.getMessage());
    }
    Field[] fields = body.others().entrySet().stream().map(member -> Field.of(member.getKey(), plain(member.getValue()))).toArray(Field[]::new);
    return new Posted(logger, level, message, fields);
  }

  /// By the names that the loggers of other languages use.
  private static Level level(Body body, String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "trace" -> Level.TRACE;
      case "debug" -> Level.DEBUG;
      case "info", "notice" -> Level.INFO;
      case "warn", "warning" -> Level.WARNING;
      case "error", "fatal", "critical" -> Level.ERROR;
      default -> throw body.wrong("level is '" + Name.shorten(word) + "', must be one of trace, debug, info, warn, error");
    };
  }

  private static Object plain(Json value) {
    return switch (value) {
      case Json.Str(String text) -> text;
      case Json.Num(String text) when text.length() < 20 && text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '-') -> Long.valueOf(text);
      case Json.Num(String text) when Double.isFinite(Double.parseDouble(text)) -> Double.valueOf(text);
      case Json.Bool(boolean is) -> is;
      case Json.Null _ -> null;
      default -> value.toString();
    };
  }

  private void log(Posted line) {
    Logger logger = loggers.get(line.logger);
    if (logger == null && loggers.size() < LOGGERS_MAX) {
      logger = loggers.computeIfAbsent(line.logger, System::getLogger);
    }
    if (logger != null) {
      logger.log(line.level, line.message, (Object[]) line.fields);
    } else {
      Field[] more = Arrays.copyOf(line.fields, line.fields.length + 1);
      more[line.fields.length] = Field.of("program_logger", line.logger);
      System.getLogger(USUAL).log(line.level, line.message, (Object[]) more);
    }
  }
}
