-- How many members a sorted set has between two ends, or objects a kind has.
--
-- KEYS: those of the kind, then the sorted set.
-- ARGV: the kind, then both ends.

local kind = take_kind()
if not is_current(kind) then
  return {'schema', kind.name}
end
if kind.expires then
  while sweep(kind, 1000) > 0 do end
end
local from, to = take(), take()
return {'ok', redis.call('ZLEXCOUNT', take_key(), from, to)}
