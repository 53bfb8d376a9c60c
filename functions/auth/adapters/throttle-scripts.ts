/**
 * Admits an attempt or not, in one step. Each limit has three keys: a counter of what was counted in the window, a
 * sorted set of the attempts under way, each with the time when it is given up for dead, and a waiver. Where a limit
 * has no waiver, the counter stands in for it, so that no script names a key outside of its prefix.
 *
 * KEYS: per limit counter, under way, waiver.
 * ARGV: attempt id, milliseconds until an attempt is given up, then per limit its maximum.
 * Answers {1, 0} admitted; {0, ms} refused, until then; {2, 0} full of attempts under way: ask again.
 */
export const ADMIT_SCRIPT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local under_way = {}
local full = false
for i = 1, #KEYS / 3 do
  local counter, pending, waiver = KEYS[i * 3 - 2], KEYS[i * 3 - 1], KEYS[i * 3]
  if waiver == counter or redis.call('EXISTS', waiver) == 0 then
    local max = tonumber(ARGV[2 + i])
    local counted = tonumber(redis.call('GET', counter) or '0')
    if counted >= max then return {0, math.max(redis.call('PTTL', counter), 1)} end
    redis.call('ZREMRANGEBYSCORE', pending, '-inf', now)
    if counted + redis.call('ZCARD', pending) >= max then full = true end
    table.insert(under_way, pending)
  end
end
if full then return {2, 0} end
for _, pending in ipairs(under_way) do
  redis.call('ZADD', pending, now + ARGV[2], ARGV[1])
  redis.call('PEXPIRE', pending, ARGV[2])
end
return {1, 0}
`;

/**
 * Ends an attempt.
 *
 * KEYS: as above.
 * ARGV: attempt id, outcome, then per limit its window in milliseconds, '1' where forgiveness wipes the counter, and
 * the waiver's life in milliseconds.
 */
export const SETTLE_SCRIPT = `
for i = 1, #KEYS / 3 do
  local counter, pending, waiver = KEYS[i * 3 - 2], KEYS[i * 3 - 1], KEYS[i * 3]
  local window, wiped, life = ARGV[i * 3], ARGV[i * 3 + 1], ARGV[i * 3 + 2]
  redis.call('ZREM', pending, ARGV[1])
  if ARGV[2] == 'counted' then
    if redis.call('INCR', counter) == 1 then redis.call('PEXPIRE', counter, window) end
  elseif ARGV[2] == 'forgiven' then
    if wiped == '1' then redis.call('DEL', counter) end
    if waiver ~= counter then redis.call('SET', waiver, '1', 'PX', life) end
  end
end
return 1
`;
