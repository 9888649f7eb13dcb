package uservice.postgres;

/// The tables and statements of the queue. `$1` is its name in all of them, and times are microseconds since 1970 by the server's clock.
///
/// ```
///   state  0 waiting   place: its turn            3 dead      place: since when
///          1 claimed   place: until when          2 resting   place: until when
/// ```
///
/// Who changes how many jobs there are, holds the queue's row, locked by a statement of its own before: the next one sees what all before
/// it did. Claims never wait for it, and skip what others hold.
final class Sql {
  static final String SCHEMA = """
      CREATE TABLE IF NOT EXISTS uservice_queue (
        name text PRIMARY KEY, jobs bigint NOT NULL, last bigint NOT NULL, ids bigint NOT NULL, crowded boolean NOT NULL) WITH (fillfactor = 50);
      CREATE TABLE IF NOT EXISTS uservice_queue_job (
        queue text NOT NULL, seq bigint NOT NULL, id text NOT NULL, body bytea NOT NULL, since bigint NOT NULL,
        state smallint NOT NULL, place bigint NOT NULL, attempts int NOT NULL, token bigint, note text NOT NULL,
        PRIMARY KEY (queue, seq)) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
      CREATE INDEX IF NOT EXISTS uservice_queue_job_place ON uservice_queue_job (queue, state, place, seq);
      CREATE TABLE IF NOT EXISTS uservice_queue_seen (
        queue text NOT NULL, id text NOT NULL, nr bigint NOT NULL, since bigint NOT NULL,
        PRIMARY KEY (queue, id)) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
      CREATE INDEX IF NOT EXISTS uservice_queue_seen_nr ON uservice_queue_seen (queue, nr)""";

  private static final String NOW = "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint";

  static final String BEGIN = "INSERT INTO uservice_queue (name, jobs, last, ids, crowded) VALUES ($1, 0, 0, 0, false) ON CONFLICT DO NOTHING";
  static final String LOCK = "SELECT FROM uservice_queue WHERE name = $1 FOR UPDATE";

  /// `$2` ids, `$3` bodies, `$4` capacity, `$5` whether ids are remembered, `$6` for how long, `$7` how many.
  /// Gives how many jobs are in, from the first on, and how many of them are new.
  static final String SUBMIT = """
      WITH line AS (SELECT * FROM uservice_queue WHERE name = $1),
      given AS (
        SELECT g.nr, g.id, g.body, NOT $5::boolean OR g.nr = min(g.nr) OVER (PARTITION BY g.id) AND NOT EXISTS (
          SELECT FROM uservice_queue_seen s, line
          WHERE s.queue = $1 AND s.id = g.id AND s.since > NOW - $6::bigint AND s.nr > line.ids - $7::bigint) AS fresh
        FROM unnest($2::text[], $3::bytea[]) WITH ORDINALITY AS g (id, body, nr)),
      ranked AS (SELECT *, count(*) FILTER (WHERE fresh) OVER (ORDER BY nr) AS rank FROM given),
      cut AS (SELECT coalesce(min(nr) - 1, (SELECT count(*) FROM given)) AS most FROM ranked, line WHERE fresh AND rank > $4::bigint - line.jobs),
      fit AS (SELECT ranked.* FROM ranked, cut WHERE fresh AND nr <= most),
      added AS (INSERT INTO uservice_queue_job (queue, seq, id, body, since, state, place, attempts, note)
        SELECT $1, last + rank, id, body, NOW, 0, last + rank, 0, '' FROM fit, line ORDER BY rank),
      noted AS (INSERT INTO uservice_queue_seen (queue, id, nr, since) SELECT $1, id, ids + rank, NOW FROM fit, line WHERE $5::boolean
        ON CONFLICT (queue, id) DO UPDATE SET nr = excluded.nr, since = excluded.since),
      sum AS (SELECT most, (SELECT count(*) FROM fit) AS new, most < (SELECT count(*) FROM given) AS crowded FROM cut),
      counted AS (UPDATE uservice_queue q
        SET jobs = q.jobs + new, last = q.last + new, ids = q.ids + CASE WHEN $5::boolean THEN new ELSE 0 END, crowded = sum.crowded
        FROM sum WHERE q.name = $1 AND (new > 0 OR sum.crowded))
      SELECT most, new, CASE WHEN new > 0 THEN pg_notify('uservice_queue', 'jobs:' || $1) END FROM sum, line""".replace("NOW", NOW);

  /// Forgets some of the ids whose time is over: `$2` how many, `$3` the window, `$4` how many are remembered.
  static final String FORGET = """
      DELETE FROM uservice_queue_seen WHERE queue = $1
        AND nr IN (SELECT nr FROM uservice_queue_seen WHERE queue = $1 ORDER BY nr LIMIT $2::bigint)
        AND (since <= NOW - $3::bigint OR nr <= (SELECT ids FROM uservice_queue WHERE name = $1) - $4::bigint)""".replace("NOW", NOW);

  /// `$2` how many, `$3` bytes of theirs, `$4` most attempts, `$5` visibility, `$6` the token, `$7` the consumer, `$8` what killed it.
  /// Gives number, id, body, attempts; a null body where the job is dead instead.
  static final String CLAIM = """
      WITH spent AS (
        SELECT ctid AS row, seq, 0 AS kind, place, 0 AS size, true AS dead FROM uservice_queue_job
        WHERE queue = $1 AND state = 1 AND place <= NOW AND attempts >= $4::int ORDER BY place, seq LIMIT $2::bigint FOR UPDATE SKIP LOCKED),
      over AS (
        SELECT ctid AS row, seq, 1 AS kind, place, octet_length(body) AS size, false AS dead FROM uservice_queue_job
        WHERE queue = $1 AND state = 1 AND place <= NOW AND attempts < $4::int ORDER BY place, seq LIMIT $2::bigint FOR UPDATE SKIP LOCKED),
      rested AS (
        SELECT ctid AS row, seq, 2 AS kind, place, octet_length(body) AS size, false AS dead FROM uservice_queue_job
        WHERE queue = $1 AND state = 2 AND place <= NOW ORDER BY place, seq
        LIMIT $2::bigint - (SELECT count(*) FROM over) FOR UPDATE SKIP LOCKED),
      waiting AS (
        SELECT ctid AS row, seq, 3 AS kind, place, octet_length(body) AS size, false AS dead FROM uservice_queue_job
        WHERE queue = $1 AND state = 0 ORDER BY place, seq
        LIMIT $2::bigint - (SELECT count(*) FROM over) - (SELECT count(*) FROM rested) FOR UPDATE SKIP LOCKED),
      found AS (
        SELECT *, sum(size) OVER turn - size AS before, row_number() OVER turn AS rank
        FROM (SELECT * FROM spent UNION ALL SELECT * FROM over UNION ALL SELECT * FROM rested UNION ALL SELECT * FROM waiting) AS each
        WINDOW turn AS (ORDER BY kind, place, seq)),
      taken AS (UPDATE uservice_queue_job j SET state = CASE WHEN dead THEN 3 ELSE 1 END, place = NOW + rank + CASE WHEN dead THEN 0 ELSE $5::bigint END,
          attempts = attempts + CASE WHEN dead THEN 0 ELSE 1 END, token = CASE WHEN dead THEN NULL ELSE $6::bigint END,
          note = CASE WHEN dead THEN $8::text || ' by ''' || note || '''' ELSE $7::text END
        FROM found f WHERE j.ctid = f.row AND before < $3::bigint
        RETURNING j.seq, j.id, CASE WHEN NOT dead THEN j.body END AS body, j.attempts, rank)
      SELECT seq, id, body, attempts FROM taken ORDER BY rank""".replace("NOW", NOW);

  /// How long until a claim is over or a rest; null where there is none.
  static final String DUE = """
      SELECT least((SELECT min(place) FROM uservice_queue_job WHERE queue = $1 AND state = 1),
        (SELECT min(place) FROM uservice_queue_job WHERE queue = $1 AND state = 2)) - NOW""".replace("NOW", NOW);

  /// `$2` numbers of jobs that are done.
  static final String ACKNOWLEDGE = removal("""
      unnest($2::bigint[]) AS u (number) CROSS JOIN LATERAL
          (SELECT ctid FROM uservice_queue_job WHERE queue = $1 AND seq = u.number AND state <> 3 FOR UPDATE LIMIT 1) AS j""");

  /// `$2` ids of dead jobs.
  static final String DISCARD = removal("uservice_queue_job j WHERE j.queue = $1 AND j.state = 3 AND j.id = ANY ($2::text[]) FOR UPDATE");

  /// Gives how many are gone, and how many are not though they were found: somebody else had just changed them.
  private static String removal(String which) {
    return """
        WITH found AS (SELECT j.ctid AS row FROM WHICH),
        gone AS (DELETE FROM uservice_queue_job j USING found f WHERE j.ctid = f.row RETURNING 1),
        sum AS (SELECT count(*) AS gone, (SELECT count(*) FROM found) AS found FROM gone),
        counted AS (UPDATE uservice_queue q SET jobs = jobs - gone, crowded = false FROM sum WHERE q.name = $1 AND gone > 0)
        SELECT gone, found - gone, CASE WHEN gone > 0 AND crowded THEN pg_notify('uservice_queue', 'room:' || $1) END
        FROM sum, uservice_queue WHERE name = $1""".replace("WHICH", which);
  }

  /// `$2` numbers, `$3` tokens, in their order.
  static final String RELEASE = """
      WITH held AS (
        SELECT j.seq, u.nr FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS u (seq, token, nr)
        JOIN uservice_queue_job j ON j.queue = $1 AND j.seq = u.seq AND j.token = u.token AND j.state = 1 ORDER BY j.seq FOR UPDATE OF j),
      head AS (SELECT coalesce((SELECT min(place) FROM uservice_queue_job WHERE queue = $1 AND state = 0), 0) - (SELECT coalesce(max(nr), 0) FROM held) - 1 AS place),
      back AS (UPDATE uservice_queue_job j SET state = 0, place = head.place + held.nr, attempts = attempts - 1, token = NULL
        FROM held, head WHERE j.queue = $1 AND j.seq = held.seq RETURNING 1)
      SELECT pg_notify('uservice_queue', 'jobs:' || $1) WHERE EXISTS (SELECT FROM back)""";

  /// `$2` number, `$3` token, `$4` most attempts, `$5` rest, `$6` reason.
  static final String FAIL = """
      WITH failed AS (UPDATE uservice_queue_job SET state = CASE WHEN attempts < $4::int THEN 2 ELSE 3 END,
          place = NOW + CASE WHEN attempts < $4::int THEN $5::bigint ELSE 0 END, token = NULL, note = $6
        WHERE queue = $1 AND seq = $2::bigint AND token = $3::bigint AND state = 1 RETURNING 1)
      SELECT pg_notify('uservice_queue', 'jobs:' || $1) WHERE EXISTS (SELECT FROM failed)""".replace("NOW", NOW);

  /// `$2` ids of dead jobs.
  static final String REQUEUE = """
      WITH found AS (
        SELECT seq, row_number() OVER (ORDER BY place, seq) AS rank FROM
          (SELECT seq, place FROM uservice_queue_job WHERE queue = $1 AND state = 3 AND id = ANY ($2::text[]) ORDER BY seq FOR UPDATE) AS dead),
      line AS (SELECT last FROM uservice_queue WHERE name = $1),
      back AS (UPDATE uservice_queue_job j SET state = 0, place = last + rank, attempts = 0, since = NOW, note = ''
        FROM found f, line WHERE j.queue = $1 AND j.seq = f.seq RETURNING 1),
      sum AS (SELECT count(*) AS back FROM back),
      counted AS (UPDATE uservice_queue SET last = last + back FROM sum WHERE name = $1 AND back > 0)
      SELECT back, CASE WHEN back > 0 THEN pg_notify('uservice_queue', 'jobs:' || $1) END FROM sum""".replace("NOW", NOW);

  /// `$2` and `$3` place and number after which it goes on, `$4` how many, `$5` bytes of theirs.
  static final String DEAD = """
      SELECT id, body, attempts, note, place, seq FROM
        (SELECT *, sum(octet_length(body)) OVER (ORDER BY place, seq) - octet_length(body) AS before FROM
          (SELECT * FROM uservice_queue_job WHERE queue = $1 AND state = 3 AND (place, seq) > ($2::bigint, $3::bigint)
           ORDER BY place, seq LIMIT $4::bigint) AS page) AS counted
      WHERE before < $5::bigint ORDER BY place, seq""";

  /// Gives depth, pending, dead and the age of the head.
  static final String STATS = """
      SELECT jobs - pending - dead, pending, dead, coalesce(NOW - (
        SELECT since FROM uservice_queue_job WHERE queue = $1 AND state = 0 ORDER BY place, seq LIMIT 1), 0)
      FROM uservice_queue,
        (SELECT count(*) AS pending FROM uservice_queue_job WHERE queue = $1 AND state = 1) AS p,
        (SELECT count(*) AS dead FROM uservice_queue_job WHERE queue = $1 AND state = 3) AS d
      WHERE name = $1""".replace("NOW", NOW);

  private Sql() {}
}
