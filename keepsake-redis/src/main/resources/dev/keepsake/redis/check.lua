-- Compares objects with what is kept beside them, and where that is asked for makes it so.
--
-- KEYS: those of the kind, then each object.
-- ARGV: the kind, what is to be done, whether to mend it, then by what is to be done:
--   objects: the names of the fields that matter, then of each object its id, its sort key, the texts of these fields, the sort
--     keys of the parts, and when it expires. One that has other texts now has been written meanwhile, and is left alone.
--   members: the number of an index or 0 for that of the ids, the first member to look at, how many.
--   entries: the ids of objects.
-- Answers: ok, where to go on or nothing, then what is wrong.

local kind = take_kind()
if not is_current(kind) then
  return {'schema', kind.name}
end
local mode, mends = take(), take() == '1'
local answer = {'ok', ''}

local function wrong(what)
  answer[#answer + 1] = what
end

local function is_there(id)
  return redis.call('EXISTS', kind.objects .. id) == 1
end

-- Whether an object is gone because its time is over: what is left of it will be swept.
local function is_over(id)
  local score = kind.expires and redis.call('ZSCORE', kind.expiry, id)
  if not score then
    return false
  end
  local time = redis.call('TIME')
  return tonumber(score) <= time[1] * 1000 + math.floor(time[2] / 1000) + 1
end

local function check_member(at, name, found, id)
  if not redis.call('ZSCORE', at, found) then
    wrong(id .. ' is not in ' .. name)
    if mends then
      redis.call('ZADD', at, 0, found)
    end
  end
end

local function check_expiry(id, object, wanted)
  local score = redis.call('ZSCORE', kind.expiry, id)
  local left = redis.call('PTTL', object)
  local lasts = wanted == 'never'
  if lasts and (score or left >= 0) then
    wrong(id .. ' would expire and should not')
    if mends then
      redis.call('ZREM', kind.expiry, id)
      redis.call('PERSIST', object)
    end
  elseif not lasts and (not score or tonumber(score) ~= tonumber(wanted) or left < 0) then
    wrong(id .. ' would not expire when it should')
    if mends then
      redis.call('ZADD', kind.expiry, wanted, id)
      redis.call('PEXPIREAT', object, string.format('%.0f', tonumber(wanted) - 1))
    end
  end
end

local function check_object(names)
  local id, order, object, texts, flat, wanted = take(), take(), take_key(), take_list(), take_list(), take()
  local values = #names > 0 and redis.call('HMGET', object, unpack(names)) or {}
  for i = 1, #names do
    if (values[i] or '\0') ~= texts[i] then
      return
    end
  end
  local parts = {[''] = order}
  for i = 1, #flat, 2 do
    parts[flat[i]] = flat[i + 1]
  end
  if #kind.indexes > 0 or kind.expires then
    local old = stored_parts(kind, id) or {}
    local differs = old[''] ~= order
    for part, value in pairs(parts) do
      differs = differs or old[part] ~= value
    end
    if differs then
      wrong(id .. ' has other values than its entries say')
      if mends then
        redis.call('HSET', kind.entries, id, cmsgpack.pack(parts))
      end
    end
  end
  local tail = tail_of(order, id)
  check_member(kind.ids, 'the set of ids', tail, id)
  for _, index in ipairs(kind.indexes) do
    check_member(index.key, index.key, joined(index, parts) .. tail, id)
  end
  if kind.expires then
    check_expiry(id, object, wanted)
  end
end

local function check_members()
  local number, from, most = take_number(), take(), take_number()
  local index = kind.indexes[number]
  local at = index and index.key or kind.ids
  local found = redis.call('ZRANGEBYLEX', at, from, '+', 'LIMIT', 0, most)
  for _, each in ipairs(found) do
    local id = id_of(each)
    local lost = not is_there(id) and not is_over(id)
    local stale = false
    if not lost and index then
      local parts = stored_parts(kind, id)
      local sorted = parts and joined(index, parts)
      stale = not sorted or sorted .. tail_of(parts[''], id) ~= each
    end
    if lost or stale then
      wrong(at .. ' has an entry of ' .. id .. (lost and ', which is not there' or ' with other values'))
      if mends then
        redis.call('ZREM', at, each)
      end
    end
  end
  if #found == most then
    answer[2] = found[#found]
  end
end

local function check_entries()
  for _, id in ipairs(take_list()) do
    local known = redis.call('HEXISTS', kind.entries, id) == 1
    if known and not is_there(id) and not is_over(id) then
      wrong(id .. ' has entries and is not there')
      if mends then
        redis.call('HDEL', kind.entries, id)
        redis.call('ZREM', kind.expiry, id)
      end
    end
  end
end

if mode == 'objects' then
  local names = take_list()
  for _ = 1, take_number() do
    check_object(names)
  end
elseif mode == 'members' then
  check_members()
else
  check_entries()
end
return answer
