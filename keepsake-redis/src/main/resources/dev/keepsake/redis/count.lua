-- How many members a sorted set has between two ends, or objects a kind has.
--
-- KEYS: those of the kind, then the sorted set.
-- ARGV: the kind, then both ends.
-- Answers again where there are more expired objects to remove first than it removes at a time.

local kind = take_kind()
if not is_current(kind) then
  return {'schema', kind.name}
end
if kind.expires and sweep(kind, 1000) == 1000 then
  return {'again'}
end
local from, to = take(), take()
return {'ok', redis.call('ZLEXCOUNT', take_key(), from, to)}
