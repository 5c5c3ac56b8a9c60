-- What all scripts of Keepsake begin with: reading their arguments one by one, and the entries of indexes.

local argument, key = 0, 0

local function take()
  argument = argument + 1
  return ARGV[argument]
end

local function take_number()
  return tonumber(take())
end

local function take_list()
  local list = {}
  for i = 1, take_number() do
    list[i] = take()
  end
  return list
end

local function take_key()
  key = key + 1
  return KEYS[key]
end

-- A kind: its keys, and its indexes with the names of their parts. A part is the name of a field, with a minus before it
-- where its sort key is inverted.
local function take_kind()
  local kind = {
    name = take(),
    revision = take(),
    objects = take(),
    expires = take() == '1',
    revisions = take_key(),
    entries = take_key(),
    ids = take_key(),
    expiry = take_key(),
    sequence = take_key(),
    indexes = {},
    add = {},
    remove = {},
    records = {}
  }
  for i = 1, take_number() do
    kind.indexes[i] = {key = take_key(), unique = take() == '1', parts = take_list(), add = {}, remove = {}}
  end
  return kind
end

-- Whether the caller knows the kind as it is now.
local function is_current(kind)
  return (redis.call('HGET', kind.revisions, kind.name) or '') == kind.revision
end

-- The sort keys of an index's parts, one behind the other; nil while one is not known.
local function joined(index, parts)
  local keys = {}
  for i, part in ipairs(index.parts) do
    local value = parts[part]
    if not value then
      return nil
    end
    keys[i] = value
  end
  return table.concat(keys)
end

-- Nulls are never equal: whether one of the parts is null.
local function has_null(index, parts)
  for _, part in ipairs(index.parts) do
    local value = parts[part]
    if value == '\0' or value == '\255' then
      return true
    end
  end
  return false
end

-- A member of a sorted set is what it is sorted by, then its tail: the sort key of the id, and the id as text with its length.
local function tail_of(order, id)
  return order .. id .. struct.pack('>I4', #id)
end

local function id_of(found)
  local length = struct.unpack('>I4', string.sub(found, -4))
  return string.sub(found, -4 - length, -5)
end

-- What the indexes hold of an object: the sort key of each part, and of the id under the empty name.
local function stored_parts(kind, id)
  local packed = redis.call('HGET', kind.entries, id)
  return packed and cmsgpack.unpack(packed)
end

-- Calls a command with many arguments behind its key, in parts that fit on Lua's stack; the parts are even.
local function call_with_many(command, at, many)
  local count = #many
  for from = 1, count, 4000 do
    redis.call(command, at, unpack(many, from, math.min(from + 3999, count)))
  end
end

local function apply_index_changes(kind)
  call_with_many('HSET', kind.entries, kind.records)
  call_with_many('ZREM', kind.ids, kind.remove)
  call_with_many('ZADD', kind.ids, kind.add)
  for _, index in ipairs(kind.indexes) do
    call_with_many('ZREM', index.key, index.remove)
    call_with_many('ZADD', index.key, index.add)
    index.remove, index.add = {}, {}
  end
  kind.remove, kind.add, kind.records = {}, {}, {}
end

-- Notes the removal of all entries of an object that is gone.
local function remove_entries(kind, id, tail, parts)
  kind.remove[#kind.remove + 1] = tail
  if parts then
    for _, index in ipairs(kind.indexes) do
      local old = joined(index, parts)
      if old then
        index.remove[#index.remove + 1] = old .. tail
      end
    end
    redis.call('HDEL', kind.entries, id)
  end
  if kind.expires then
    redis.call('ZREM', kind.expiry, id)
  end
end

-- Removes entries of objects that have expired, some at a time.
local function sweep(kind, most)
  local time = redis.call('TIME')
  local now = time[1] .. string.format('%03d', math.floor(tonumber(time[2]) / 1000))
  local over = redis.call('ZRANGEBYSCORE', kind.expiry, '-inf', now, 'LIMIT', 0, most)
  local swept = 0
  for _, id in ipairs(over) do
    if redis.call('EXISTS', kind.objects .. id) == 0 then
      local parts = stored_parts(kind, id)
      if parts then
        remove_entries(kind, id, tail_of(parts[''], id), parts)
      end
      redis.call('ZREM', kind.expiry, id)
      swept = swept + 1
    end
  end
  apply_index_changes(kind)
  return swept
end
