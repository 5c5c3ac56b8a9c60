-- Replaces the record of a kind, if it is still as the caller knows it, and removes the books that go with it.
--
-- KEYS: the records of kinds, their revisions, the books that go.
-- ARGV: the kind's name, its revision or nothing, its next revision, the record or nothing where the kind goes.
-- Answers 1 where it is done, also when it was by an earlier call whose answer was lost.

local kinds, revisions = KEYS[1], KEYS[2]
local name, known, next, record = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local now = redis.call('HGET', revisions, name) or ''
if now == next or (record == '' and now == '') then
  return 1
end
if now ~= known then
  return 0
end
if record == '' then
  redis.call('HDEL', kinds, name)
  redis.call('HDEL', revisions, name)
else
  redis.call('HSET', kinds, name, record)
  redis.call('HSET', revisions, name, next)
end
for i = 3, #KEYS do
  redis.call('UNLINK', KEYS[i])
end
return 1
