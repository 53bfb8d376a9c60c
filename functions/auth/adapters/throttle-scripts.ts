/**
 * The throttle's two scripts. Both get a JSON request from redis-throttle.ts in ARGV[1] and these keys: KEYS[1] the
 * mark, KEYS[2] the pressure, then for each meter its count and its running attempts. For an absent mark or pressure,
 * the key of the first meter's count is a placeholder that is never used.
 *
 * A count is a hash: `count`, `since` (the time of the last leak, or of the first failure) and `last` (the last
 * failure). Running attempts are a sorted set of ids by the end of their lease. Times are milliseconds since 1970 by
 * Redis's clock. Nothing depends on the expiry of a count: it only removes counts that have leaked to zero.
 */
const COMMON = `
local request = cjson.decode(ARGV[1])
local now = request.now
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The count after all leaks until now.
local function read(key, leak)
  local stored = redis.call('HMGET', key, 'count', 'since', 'last')
  local count, since = tonumber(stored[1]) or 0, tonumber(stored[2]) or now
  local leaks = math.min(math.max(math.floor((now - since) / leak), 0), count)
  count, since = count - leaks, since + leaks * leak
  if count == 0 then since = now end
  return count, since, tonumber(stored[3]) or 0
end

local function fail(key, leak, cap)
  local count, since = read(key, leak)
  count = math.min(count + 1, cap)
  redis.call('HSET', key, 'count', count, 'since', since, 'last', now)
  redis.call('PEXPIRE', key, math.max(since + count * leak - now, 1))
end
`;

/** Admits or refuses an attempt atomically.
 *
 * Returns {code, ms, standing}. Code 1: admitted. Code 0: refused, try again after `ms`. Code 2: the running attempts
 * would cause a delay if they failed; ask again.
 */
export const ADMIT_SCRIPT = `${COMMON}
local function delay(ladder, count)
  if count < ladder.free then return 0 end
  return ladder.delays[math.min(count - ladder.free + 1, #ladder.delays)]
end

-- The wait: until the delay ends, or until enough has leaked that a shorter delay has ended.
local function wait(ladder, leak, count, since, last)
  local best = last + delay(ladder, count)
  for leaks = 1, count do
    local leaked = since + leaks * leak
    if leaked >= best then break end
    best = math.min(best, math.max(leaked, last + delay(ladder, count - leaks)))
  end
  return best - now
end

local standing = 'calm'
if request.mark and redis.call('EXISTS', KEYS[1]) == 1 then
  standing = 'known'
elseif request.pressure and read(KEYS[2], request.pressure.leak) >= request.pressure.threshold then
  standing = 'pressed'
end

local longest, full, pending = 0, false, {}
for i, meter in ipairs(request.meters) do
  local ladder = meter.ladders[standing]
  if ladder then
    local count, since, last = read(KEYS[2 * i + 1], meter.leak)
    longest = math.max(longest, wait(ladder, meter.leak, count, since, last))
    local key = KEYS[2 * i + 2]
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    local under_way = redis.call('ZCARD', key)
    if under_way > 0 and delay(ladder, count + under_way) > 0 then full = true end
    table.insert(pending, key)
  end
end
if longest > 0 then return {0, math.ceil(longest), standing} end
if full then return {2, 0, standing} end
for _, key in ipairs(pending) do
  redis.call('ZADD', key, now + request.lease, request.id)
  redis.call('PEXPIRE', key, request.lease)
end
return {1, 0, standing}
`;

/** Ends an attempt. The request also contains its outcome and the standing at its admission. */
export const SETTLE_SCRIPT = `${COMMON}
for i, meter in ipairs(request.meters) do
  if meter.ladders[request.standing] then
    redis.call('ZREM', KEYS[2 * i + 2], request.id)
    if request.outcome == 'counted' then
      fail(KEYS[2 * i + 1], meter.leak, meter.cap)
    elseif request.outcome == 'forgiven' and meter.cleared then
      redis.call('DEL', KEYS[2 * i + 1])
    end
  end
end
if request.outcome == 'counted' and request.pressure and request.standing ~= 'known' then
  fail(KEYS[2], request.pressure.leak, request.pressure.cap)
elseif request.outcome == 'forgiven' and request.mark then
  redis.call('SET', KEYS[1], '1', 'PX', request.mark.lifetime)
end
return 1
`;
