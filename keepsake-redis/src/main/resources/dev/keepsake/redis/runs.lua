-- Runs of alike writes of one kind, whose parts are handed on as they came. Lua makes no table of an object; a commit of many would
-- spend most of its time on that.
--
-- Of inserts there is what the books get, each many pairs to an argument in MessagePack: ids, entries, members of each index; then
-- each hash, in one argument. Of updates there are the names that are read and those that are written; then of each object the texts
-- that must be there, but for the first, and those to write.

local function take_inserts(run)
  run.ids, run.entries, run.members = take_list(), take_list(), {}
  for i = 1, #run.kind.indexes do
    run.members[i] = take_list()
  end
  run.values = argument
  argument = argument + run.count
end

local function take_updates(run)
  run.read, run.written = take_list(), take_list()
  run.guards = #run.read - 1
  run.width = run.guards + #run.written
  run.values = argument
  argument = argument + run.count * run.width
end

-- None of the objects may be there.
local function check_inserts(run, before)
  local last = run.keys + run.count
  for from = run.keys + 1, last, 4000 do
    if redis.call('EXISTS', unpack(KEYS, from, math.min(from + 3999, last))) > 0 then
      for i = from, last do
        local type = redis.call('TYPE', KEYS[i]).ok
        if type ~= 'none' then
          local number = before + i - run.keys
          return type == 'hash' and {'exists', number} or {'type', number, type, KEYS[i]}
        end
      end
    end
  end
end

-- All objects must be there, with the texts that are expected.
local function check_updates(run, before)
  local read, values = run.read, run.values
  for i = 1, run.count do
    local found = redis.call('HMGET', KEYS[run.keys + i], unpack(read))
    if not found[1] then
      return {'missing', before + i}
    end
    for g = 1, run.guards do
      if (found[g + 1] or '\0') ~= ARGV[values + g] then
        return {'guard', before + i}
      end
    end
    values = values + run.width
  end
end

local function hand_on(command, at, pieces)
  for _, piece in ipairs(pieces) do
    redis.call(command, at, cmsgpack.unpack(piece))
  end
end

local function write_inserts(run)
  local keys, values = run.keys, run.values
  for i = 1, run.count do
    redis.call('HSET', KEYS[keys + i], cmsgpack.unpack(ARGV[values + i]))
  end
  local kind = run.kind
  hand_on('ZADD', kind.ids, run.ids)
  hand_on('HSET', kind.entries, run.entries)
  for i, index in ipairs(kind.indexes) do
    hand_on('ZADD', index.key, run.members[i])
  end
end

local function write_updates(run)
  local pairs_of, written = {}, #run.written
  for i, name in ipairs(run.written) do
    pairs_of[2 * i - 1] = name
  end
  local values = run.values + run.guards
  for i = 1, run.count do
    for f = 1, written do
      pairs_of[2 * f] = ARGV[values + f]
    end
    redis.call('HSET', KEYS[run.keys + i], unpack(pairs_of))
    values = values + run.width
  end
end
