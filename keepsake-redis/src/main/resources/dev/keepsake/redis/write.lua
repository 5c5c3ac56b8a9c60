-- A whole commit: every guard, key and unique is checked first, then everything is written; so it happens whole or not at all.
--
-- KEYS: the commit's record, the stream of changes; then those of each kind; then each object.
-- ARGV: how many seconds the commit is remembered, the length of the stream of changes or 0, the kinds, the writes.
-- Answers what came of it: ok, or the first write that cannot be done and why.

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
for _, kind in ipairs(kinds) do
  if kind.expires then
    sweep(kind, 100)
  end
end

-- First: nothing is written, everything is checked.

local writes = {}
local released, claims = {}, {}

local function compare(at, guards)
  local names = {}
  for i = 1, #guards, 2 do
    names[#names + 1] = guards[i]
  end
  local found = #names > 0 and redis.call('HMGET', at, unpack(names)) or {}
  for i = 1, #names do
    if (found[i] or '\0') ~= guards[2 * i] then
      return false
    end
  end
  return true
end

for i = 1, take_number() do
  local write = {
    op = take(),
    kind = kinds[take_number()],
    id = take(),
    order = take(),
    object = take_key(),
    guards = take_list(),
    set = take_list(),
    unset = take_list(),
    given = take_list(),
    expiry = take()
  }
  writes[i] = write
  local kind = write.kind
  local type = redis.call('TYPE', write.object).ok
  if type ~= 'hash' and type ~= 'none' then
    return {'type', i, type}
  end
  local exists = type == 'hash'
  write.exists = exists
  if write.op == 'insert' and exists then
    return {'exists', i}
  end
  local updates = write.op == 'update' or write.op == 'reindex'
  if (updates or write.op == 'delete') and not exists then
    return {'missing', i}
  end
  if #write.guards > 0 and not compare(write.object, write.guards) then
    return {'guard', i}
  end
  local indexed = #kind.indexes > 0
  if indexed or kind.expires then
    local old = (exists or kind.expires) and stored_parts(kind, write.id) or nil
    write.old = old
    if write.op ~= 'delete' and write.op ~= 'remove' then
      local parts = {[''] = write.order}
      if updates and old then
        for part, value in pairs(old) do
          parts[part] = value
        end
      end
      for p = 1, #write.given, 2 do
        parts[write.given[p]] = write.given[p + 1]
      end
      write.parts = parts
    end
    for _, index in ipairs(kind.indexes) do
      if index.unique then
        local before = old and joined(index, old)
        local after = write.parts and joined(index, write.parts)
        if before and before ~= after then
          released[index.key .. before] = write.id
        end
        if after and (after ~= before or write.op ~= 'update') and not has_null(index, write.parts) then
          local claim = index.key .. after
          if claims[claim] then
            return {'unique', i, index.key}
          end
          claims[claim] = {index = index, sorted = after, write = write, number = i}
        end
      end
    end
  end
end

for claim, claimed in pairs(claims) do
  local found = redis.call('ZRANGEBYLEX', claimed.index.key, '[' .. claimed.sorted, '(' .. claimed.sorted .. '\255')
  for _, each in ipairs(found) do
    local id = id_of(each)
    local kind = claimed.write.kind
    local mine = id == claimed.write.id or released[claim] == id
    if not mine and not (kind.expires and redis.call('EXISTS', kind.objects .. id) == 0) then
      return {'unique', claimed.number, claimed.index.key}
    end
  end
end

-- Then: nothing can be refused any more.

local function reindex(write)
  local kind, old, parts = write.kind, write.exists and write.old or nil, write.parts
  for _, index in ipairs(kind.indexes) do
    local before, after = old and joined(index, old), joined(index, parts)
    -- an index that is being built lacks what others have of the same fields
    if before ~= after or write.op == 'reindex' then
      if before and before ~= after then
        index.remove[#index.remove + 1] = member(before, write.order, write.id)
      end
      if after then
        index.add[#index.add + 1] = 0
        index.add[#index.add + 1] = member(after, write.order, write.id)
      end
    end
  end
  if not write.exists or #write.given > 0 then
    redis.call('HSET', kind.entries, write.id, cmsgpack.pack(parts))
  end
end

for _, write in ipairs(writes) do
  local kind, op = write.kind, write.op
  if write.old and not write.exists then
    -- what is left of an object that has expired
    remove_entries(kind, write.id, write.order, write.old)
    apply_index_changes(kind)
  end
  if op == 'delete' or op == 'remove' then
    if write.exists then
      redis.call('DEL', write.object)
      remove_entries(kind, write.id, write.order, write.old)
    end
  else
    if op == 'put' and write.exists then
      redis.call('DEL', write.object)
    end
    call_with_many('HSET', write.object, write.set)
    call_with_many('HDEL', write.object, write.unset)
    if not write.exists then
      kind.add[#kind.add + 1] = 0
      kind.add[#kind.add + 1] = member('', write.order, write.id)
    end
    if write.parts then
      reindex(write)
    end
    if write.expiry == 'never' then
      redis.call('PERSIST', write.object)
      redis.call('ZREM', kind.expiry, write.id)
    elseif write.expiry ~= '' then
      redis.call('ZADD', kind.expiry, write.expiry, write.id)
      -- a key lives through the millisecond that it is given
      redis.call('PEXPIREAT', write.object, string.format('%.0f', tonumber(write.expiry) - 1))
    end
  end
  if stream > 0 and op ~= 'reindex' then
    redis.call('XADD', changes, 'MAXLEN', '~', stream, '*', 'operation', op, 'kind', kind.name, 'id', write.id)
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
