/**
 * How are States kept in Redis, with indexes that cannot drift?
 *
 * <p>An object is a hash, beside it each index of its kind has a sorted set whose members are in the order of the values. Whatever a
 * commit does, it does in one Lua script, {@code write.lua}. Start at {@link dev.keepsake.redis.RedisStates}, then read the script.
 */
@NullMarked
package dev.keepsake.redis;

import org.jspecify.annotations.NullMarked;
