-- A whole commit: every guard, key and unique is checked first, then everything is written; so it happens whole or not at all.
--
-- KEYS: the commit's record, the stream of changes; those of each kind; then each object.
-- ARGV: how many seconds the commit is remembered, the length of the stream of changes or 0, the kinds, the runs. A run of writes is
-- its operation, the number of its kind, how many there are, and what each operation takes. Writes of the operation "each" are one
-- argument in MessagePack each, one behind the other what the names below say; so Lua makes a table of just that size.
-- Answers what came of it: ok, or the first write that cannot be done and why.

local OP = 1 -- insert, put, update, reindex, delete or remove
local ID = 2 -- as text
local TAIL = 3 -- what each member of a sorted set ends with
local GUARDS = 4 -- names and texts that must still be there, one after the other
local SET = 5 -- names and texts to write
local UNSET = 6 -- names of fields to remove
local GIVEN = 7 -- of an update: parts of indexes and their sort keys
local RECORD = 8 -- of the whole object: what is kept of its parts
local SORTED = 9 -- of the whole object: what each index sorts it by
local UNIQUE = 10 -- of the whole object: the numbers of the indexes in which nobody else may have the same
local EXPIRY = 11 -- when it goes in milliseconds, "never", or nothing where that stays as it is
local PRESENT = 12 -- the field that every object of the kind has
local KIND, KEY, EXISTS, OLD, PARTS = 13, 14, 15, 16, 17

local record, changes = take_key(), take_key()
if redis.call('EXISTS', record) == 1 then
  return {'ok'}
end
local remembered, stream = take(), take_number()

local kinds = {}
for i = 1, take_number() do
  local kind = take_kind()
  kind.greatest = take()
  if not is_current(kind) then
    return {'schema', kind.name}
  end
  kinds[i] = kind
end

-- A key of somebody else in the place of one of ours would be found out in the middle of writing.
local function wrong_type(at, wanted)
  local type = redis.call('TYPE', at).ok
  return type ~= wanted and type ~= 'none' and {'type', 0, type, at}
end

local function wrong_books(kind)
  local wrong = wrong_type(kind.entries, 'hash')
    or wrong_type(kind.ids, 'zset')
    or wrong_type(kind.expiry, 'zset')
    or wrong_type(kind.sequence, 'string')
  for _, index in ipairs(kind.indexes) do
    wrong = wrong or wrong_type(index.key, 'zset')
  end
  return wrong
end

for _, kind in ipairs(kinds) do
  local wrong = wrong_books(kind)
  if wrong then
    return wrong
  end
end
if stream > 0 then
  local wrong = wrong_type(changes, 'stream')
  if wrong then
    return wrong
  end
end
for _, kind in ipairs(kinds) do
  if kind.expires then
    sweep(kind, 100)
  end
end

-- First: nothing is written, everything is checked.

local runs, whole = {}, {}

local function take_each(run)
  for i = 1, run.count do
    local write = {cmsgpack.unpack(take())}
    write[KIND], write[KEY] = run.kind, KEYS[run.keys + i]
    run[i] = write
    if write[OP] == 'insert' or write[OP] == 'put' then
      whole[#whole + 1] = write[KEY]
    end
  end
end

local takes = {insert = take_inserts, update = take_updates, each = take_each}
for i = 1, take_number() do
  local run = {op = take(), kind = kinds[take_number()], count = take_number(), keys = key}
  key = key + run.count
  takes[run.op](run)
  runs[i] = run
end

-- Mostly, objects that are written whole are not there.
local some_exist = false
for from = 1, #whole, 4000 do
  if redis.call('EXISTS', unpack(whole, from, math.min(from + 3999, #whole))) > 0 then
    some_exist = true
  end
end

-- Whether the guards hold; nil where the object is not there.
local function compare(write)
  local guards = write[GUARDS]
  local names = {write[PRESENT]}
  for i = 1, #guards, 2 do
    names[#names + 1] = guards[i]
  end
  local found = redis.call('HMGET', write[KEY], unpack(names))
  if not found[1] then
    return nil
  end
  for i = 2, #names do
    if (found[i] or '\0') ~= guards[2 * i - 2] then
      return false
    end
  end
  return true
end

local released, claims = {}, {}

local function claim(i, write, index, sorted)
  local name = index.key .. sorted
  if claims[name] then
    return false
  end
  claims[name] = {index = index, sorted = sorted, write = write, number = i}
  return true
end

-- What an update leaves of the parts of indexes; and which values it gives up and takes.
local function check_update(i, write, kind)
  local old = stored_parts(kind, write[ID])
  local parts = {}
  for part, value in pairs(old or {}) do
    parts[part] = value
  end
  local given = write[GIVEN]
  for p = 1, #given, 2 do
    parts[given[p]] = given[p + 1]
  end
  write[OLD], write[PARTS] = old, parts
  for _, index in ipairs(kind.indexes) do
    if index.unique then
      local before, after = old and joined(index, old), joined(index, parts)
      if before and before ~= after then
        released[index.key .. before] = write[ID]
      end
      local takes = after and (after ~= before or write[OP] == 'reindex') and not has_null(index, parts)
      if takes and not claim(i, write, index, after) then
        return {'unique', i, index.key}
      end
    end
  end
end

-- What becomes free of an object that goes or is replaced.
local function release(write, kind)
  local old = stored_parts(kind, write[ID])
  write[OLD] = old
  if old and write[EXISTS] then
    for _, index in ipairs(kind.indexes) do
      local before = index.unique and joined(index, old)
      if before then
        released[index.key .. before] = write[ID]
      end
    end
  end
end

local function check(i, write)
  local kind, op = write[KIND], write[OP]
  local has_books = #kind.indexes > 0 or kind.expires
  if op == 'update' or op == 'reindex' then
    local holds = compare(write)
    if holds == nil then
      return {'missing', i}
    elseif not holds then
      return {'guard', i}
    end
    write[EXISTS] = true
    if #write[GIVEN] > 0 then
      return check_update(i, write, kind)
    end
    return nil
  end
  if op == 'insert' or op == 'put' then
    if some_exist then
      local type = redis.call('TYPE', write[KEY]).ok
      write[EXISTS] = type == 'hash'
      if type ~= 'hash' and type ~= 'none' then
        return {'type', i, type, write[KEY]}
      end
      if write[EXISTS] and op == 'insert' then
        return {'exists', i}
      end
    end
    if (write[EXISTS] and has_books) or kind.expires then
      release(write, kind)
    end
    for _, number in ipairs(write[UNIQUE]) do
      local index = kind.indexes[number]
      if not claim(i, write, index, write[SORTED][number]) then
        return {'unique', i, index.key}
      end
    end
    return nil
  end
  local holds = compare(write)
  write[EXISTS] = holds ~= nil
  if holds == nil and op == 'delete' then
    return {'missing', i}
  elseif holds == false then
    return {'guard', i}
  end
  if has_books then
    release(write, kind)
  end
end

local function check_each(run, before)
  for i, write in ipairs(run) do
    local refused = check(before + i, write)
    if refused then
      return refused
    end
  end
end

local checks, before = {insert = check_inserts, update = check_updates, each = check_each}, 0
for _, run in ipairs(runs) do
  local refused = checks[run.op](run, before)
  if refused then
    return refused
  end
  before = before + run.count
end

for name, claimed in pairs(claims) do
  local found = redis.call('ZRANGEBYLEX', claimed.index.key, '[' .. claimed.sorted, '(' .. claimed.sorted .. '\255')
  for _, each in ipairs(found) do
    local id = id_of(each)
    local kind = claimed.write[KIND]
    local mine = id == claimed.write[ID] or released[name] == id
    if not mine and not (kind.expires and redis.call('EXISTS', kind.objects .. id) == 0) then
      return {'unique', claimed.number, claimed.index.key}
    end
  end
end

-- Then: nothing can be refused any more.

local function add(list, found)
  list[#list + 1] = 0
  list[#list + 1] = found
end

local function write_whole(write, kind)
  if write[OLD] then
    -- of an object that is replaced, or has expired
    remove_entries(kind, write[ID], write[TAIL], write[OLD])
    apply_index_changes(kind)
  end
  if write[EXISTS] then
    redis.call('DEL', write[KEY])
  end
  call_with_many('HSET', write[KEY], write[SET])
  add(kind.add, write[TAIL])
  for number, index in ipairs(kind.indexes) do
    add(index.add, write[SORTED][number] .. write[TAIL])
  end
  if write[RECORD] ~= '' then
    kind.records[#kind.records + 1] = write[ID]
    kind.records[#kind.records + 1] = write[RECORD]
  end
end

local function write_part(write, kind)
  if #write[SET] > 0 then
    call_with_many('HSET', write[KEY], write[SET])
  end
  if #write[UNSET] > 0 then
    call_with_many('HDEL', write[KEY], write[UNSET])
  end
  local old, parts = write[OLD], write[PARTS]
  if not parts then
    return
  end
  for _, index in ipairs(kind.indexes) do
    local before, after = old and joined(index, old), joined(index, parts)
    -- an index that is being built lacks what others have of the same fields
    if before ~= after or write[OP] == 'reindex' then
      if before and before ~= after then
        index.remove[#index.remove + 1] = before .. write[TAIL]
      end
      if after then
        add(index.add, after .. write[TAIL])
      end
    end
  end
  kind.records[#kind.records + 1] = write[ID]
  kind.records[#kind.records + 1] = cmsgpack.pack(parts)
end

local function write_one(write)
  local kind, op = write[KIND], write[OP]
  if op == 'insert' or op == 'put' then
    write_whole(write, kind)
  elseif op == 'update' or op == 'reindex' then
    write_part(write, kind)
  else
    if write[EXISTS] then
      redis.call('DEL', write[KEY])
    end
    remove_entries(kind, write[ID], write[TAIL], write[OLD])
  end
  local expiry = write[EXPIRY]
  if expiry == 'never' then
    redis.call('PERSIST', write[KEY])
    redis.call('ZREM', kind.expiry, write[ID])
  elseif expiry ~= '' then
    redis.call('ZADD', kind.expiry, expiry, write[ID])
    -- a key lives through the millisecond that it is given
    redis.call('PEXPIREAT', write[KEY], string.format('%.0f', tonumber(expiry) - 1))
  end
end

local function write_each(run)
  for _, write in ipairs(run) do
    write_one(write)
  end
end

local writers = {insert = write_inserts, update = write_updates, each = write_each}
for _, run in ipairs(runs) do
  writers[run.op](run)
end
if stream > 0 then
  for _, run in ipairs(runs) do
    for i = 1, run.count do
      local op = run[i] and run[i][OP] or run.op
      if op ~= 'reindex' then
        local id = string.sub(KEYS[run.keys + i], #run.kind.objects + 1)
        redis.call('XADD', changes, 'MAXLEN', '~', stream, '*', 'operation', op, 'kind', run.kind.name, 'id', id)
      end
    end
  end
end

for _, kind in ipairs(kinds) do
  apply_index_changes(kind)
  if kind.greatest ~= '' then
    local last = redis.call('GET', kind.sequence) or '0'
    if #kind.greatest > #last or (#kind.greatest == #last and kind.greatest > last) then
      redis.call('SET', kind.sequence, kind.greatest)
    end
  end
end
redis.call('SET', record, 'ok', 'EX', remembered)
return {'ok'}
