package uservice.redis;

/// What the queue does in one step each. The keys are the stream of jobs, that of dead jobs, and the ids known; in the order of the
/// arguments, times are in milliseconds and counted by the server's clock.
final class Scripts {
  static final String GROUP = "workers";

  /// Who holds the jobs that failed or were given back, and rest until somebody claims them.
  static final String RESTING = "(resting)";

  private Scripts() {}

  /// `capacity window ids-max (id body)…` → how many are in, how many of them were known. The first write changes nothing; it is of a
  /// kind that a server without memory refuses, which it no longer does within a script that has written.
  static final Script SUBMIT = Script.of("""
      redis.call('ZADD', KEYS[3], 'XX', 0, '')
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local window = tonumber(ARGV[2])
      local room = tonumber(ARGV[1]) - redis.call('XLEN', KEYS[1]) - redis.call('XLEN', KEYS[2])
      if window > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - window) end
      local ids, seen, fresh, add = {}, {}, {}, {}
      for i = 4, #ARGV, 2 do ids[#ids + 1] = ARGV[i] end
      if window > 0 then seen = redis.call('ZMSCORE', KEYS[3], unpack(ids)) end
      local taken, known = 0, 0
      for n, id in ipairs(ids) do
        if seen[n] or fresh[id] then
          known = known + 1
        elseif room > 0 then
          redis.call('XADD', KEYS[1], '*', 'id', id, 'body', ARGV[2 * n + 3])
          room = room - 1
          if window > 0 then
            fresh[id] = true
            add[#add + 1] = now
            add[#add + 1] = id
          end
        else
          break
        end
        taken = taken + 1
      end
      if #add > 0 then redis.call('ZADD', KEYS[3], unpack(add)) end
      local over = redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[3])
      if over > 0 then redis.call('ZREMRANGEBYRANK', KEYS[3], 0, over - 1) end
      return {taken, known}
      """);

  /// What `dead` gets of a job, wherever it is buried.
  private static final String BURY = """
      local function bury(entry, attempts, reason)
        local add = {'XADD', KEYS[2], '*', 'attempts', attempts, 'reason', reason}
        for _, word in ipairs(entry[2]) do add[#add + 1] = word end
        redis.call(unpack(add))
        redis.call('XACK', KEYS[1], 'workers', entry[1])
        redis.call('XDEL', KEYS[1], entry[1])
      end
      """;

  /// `consumer visibility count cursor attempts-max reason` → next cursor, entries with the attempt in front: those whose claim is over.
  static final Script SWEEP = Script.of(BURY + """
      local over = redis.call('XAUTOCLAIM', KEYS[1], 'workers', ARGV[1], ARGV[2], ARGV[4], 'COUNT', ARGV[3])
      local taken = {}
      for _, entry in ipairs(over[2]) do
        if entry then
          local attempt = redis.call('XPENDING', KEYS[1], 'workers', entry[1], entry[1], 1)[1][4]
          if attempt > tonumber(ARGV[5]) then
            bury(entry, attempt - 1, ARGV[6])
          else
            taken[#taken + 1] = {attempt, entry}
          end
        end
      end
      return {over[1], taken}
      """);

  /// `id…` → how many ended.
  static final Script ACKNOWLEDGE = Script.of("""
      redis.call('XACK', KEYS[1], 'workers', unpack(ARGV))
      return redis.call('XDEL', KEYS[1], unpack(ARGV))
      """);

  /// `consumer-resting idle taken-back (id consumer attempt)…`: where the delivery still holds the job, it rests as if it had been idle so
  /// long, with so many attempts taken back.
  static final Script REST = Script.of("""
      for i = 4, #ARGV, 3 do
        local held = redis.call('XPENDING', KEYS[1], 'workers', ARGV[i], ARGV[i], 1)[1]
        if held and held[2] == ARGV[i + 1] and held[4] == tonumber(ARGV[i + 2]) then
          redis.call('XCLAIM', KEYS[1], 'workers', ARGV[1], 0, ARGV[i], 'IDLE', ARGV[2], 'RETRYCOUNT', held[4] - ARGV[3], 'JUSTID')
        end
      end
      return 0
      """);

  /// `id consumer attempt reason`: where the delivery still holds the job, it is dead.
  static final Script BURY_HELD = Script.of(BURY + """
      local held = redis.call('XPENDING', KEYS[1], 'workers', ARGV[1], ARGV[1], 1)[1]
      if held and held[2] == ARGV[2] and held[4] == tonumber(ARGV[3]) then
        local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
        if entry then bury(entry, ARGV[3], ARGV[4]) end
      end
      return 0
      """);

  /// → waiting and resting, claimed, dead, age of the head.
  static final Script STATS = Script.of("""
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local length = redis.call('XLEN', KEYS[1])
      local last, claimed = '0-0', 0
      for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
        local facts = {}
        for i = 1, #group, 2 do facts[group[i]] = group[i + 1] end
        if facts['name'] == 'workers' then last = facts['last-delivered-id'] end
      end
      local pending = redis.call('XPENDING', KEYS[1], 'workers')
      for _, holder in ipairs(pending[4] or {}) do
        if holder[1] ~= ARGV[1] then claimed = claimed + holder[2] end
      end
      local head = redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', 1)[1]
      local age = 0
      if head then age = math.max(0, now - tonumber(string.match(head[1], '^%d+'))) end
      return {length - claimed, claimed, redis.call('XLEN', KEYS[2]), age}
      """);

  /// `again id…`, ids of the stream of dead jobs: puts them at the end of the queue where `again` is 1, and takes them out → how many.
  static final Script EXHUME = Script.of("""
      local count = 0
      for i = 2, #ARGV do
        local entry = redis.call('XRANGE', KEYS[2], ARGV[i], ARGV[i])[1]
        if entry then
          local facts = {}
          for j = 1, #entry[2], 2 do facts[entry[2][j]] = entry[2][j + 1] end
          if ARGV[1] == '1' then redis.call('XADD', KEYS[1], '*', 'id', facts['id'] or entry[1], 'body', facts['body'] or '') end
          count = count + redis.call('XDEL', KEYS[2], ARGV[i])
        end
      end
      return count
      """);

  /// `idle name…`: takes consumers that hold nothing out of the group, these and whoever was idle for so long.
  static final Script LEAVE = Script.of("""
      local leaving = {}
      for i = 2, #ARGV do leaving[ARGV[i]] = true end
      for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], 'workers')) do
        local facts = {}
        for i = 1, #consumer, 2 do facts[consumer[i]] = consumer[i + 1] end
        if facts['pending'] == 0 and (leaving[facts['name']] or facts['idle'] > tonumber(ARGV[1])) then
          redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'workers', facts['name'])
        end
      end
      return 0
      """);
}
