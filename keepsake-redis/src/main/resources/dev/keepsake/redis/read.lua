-- Objects in the order of a sorted set, or by their keys, together with their fields, as they are at one moment.
--
-- KEYS: those of the kind, then the sorted set, or each object.
-- ARGV: the kind, the names of the fields, then by: either "keys", or "range" with both ends, the direction and how many
-- are wanted.
-- Answers: ok, where to go on or nothing, how many were gone, then in MessagePack a list of two for each object: the values of the
-- fields, and all of it where it has others.

local kind = take_kind()
if not is_current(kind) then
  return {'schema', kind.name}
end
local names = take_list()
local answer = {'ok', '', 0}
local objects, found_objects = {}, 0

local function read(at)
  local values = redis.call('HMGET', at, unpack(names))
  local known = 0
  for i = 1, #names do
    if values[i] then
      known = known + 1
    end
  end
  local all = redis.call('HLEN', at)
  if all == 0 then
    answer[3] = answer[3] + 1
    return
  end
  objects[found_objects + 1] = values
  objects[found_objects + 2] = all > known and redis.call('HGETALL', at) or {}
  found_objects = found_objects + 2
end

if take() == 'keys' then
  for _ = 1, take_number() do
    read(take_key())
  end
  answer[4] = cmsgpack.pack(objects)
  return answer
end

local at, from, to = take_key(), take(), take()
local backwards = take() == '1'
local most = take_number()
local found
if backwards then
  found = redis.call('ZREVRANGEBYLEX', at, to, from, 'LIMIT', 0, most)
else
  found = redis.call('ZRANGEBYLEX', at, from, to, 'LIMIT', 0, most)
end
for _, each in ipairs(found) do
  read(kind.objects .. id_of(each))
end
answer[4] = cmsgpack.pack(objects)
if #found == most then
  answer[2] = found[#found]
end
return answer
