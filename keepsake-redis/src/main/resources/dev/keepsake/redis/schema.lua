-- Replaces the record of a kind, if it is still as the caller knows it.
--
-- KEYS: the records of kinds, their revisions.
-- ARGV: the kind's name, its revision or nothing, its next revision, the record or nothing where the kind goes.

local kinds, revisions = KEYS[1], KEYS[2]
local name, known, next, record = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if (redis.call('HGET', revisions, name) or '') ~= known then
  return 0
end
if record == '' then
  redis.call('HDEL', kinds, name)
  redis.call('HDEL', revisions, name)
else
  redis.call('HSET', kinds, name, record)
  redis.call('HSET', revisions, name, next)
end
return 1
