-- Does once, on a key of its own, all that a commit does: a user who may not is told before there is a commit that would end in
-- its middle.
--
-- KEYS: a key that nobody uses.
-- ARGV: whether a stream of changes is written.

local at = KEYS[1]
redis.call('UNLINK', at)
redis.call('HSET', at, 'a', 'b')
redis.call('HGET', at, 'a')
redis.call('HMGET', at, 'a')
redis.call('HLEN', at)
redis.call('HDEL', at, 'a')
redis.call('ZADD', at, 0, 'a')
redis.call('ZRANGEBYLEX', at, '-', '+')
redis.call('ZRANGEBYSCORE', at, '-inf', '+inf')
redis.call('ZREM', at, 'a')
redis.call('SET', at, '1', 'EX', 10)
redis.call('GET', at)
redis.call('EXISTS', at)
redis.call('TYPE', at)
redis.call('PEXPIREAT', at, 1)
redis.call('PERSIST', at)
redis.call('TIME')
redis.call('DEL', at)
if ARGV[1] == '1' then
  redis.call('XADD', at, '*', 'a', 'b')
  redis.call('DEL', at)
end
return {'ok'}
