/**
 * The throttle's two scripts. Both get the request that redis-throttle.ts prepares as JSON in ARGV[1] and these keys: KEYS[1] the
 * mark, KEYS[2] the pressure, then per meter its count and its attempts under way. An absent mark or pressure has the
 * first meter's count as a stand-in, which is never used.
 *
 * A count is a hash: `count`, `since` (when the last leak was due, or the first failure) and `last` (the last failure).
 * Attempts under way are a sorted set of ids by the time when they are given up. Times are milliseconds since 1970 by
 * Redis's clock. Nothing depends on the expiry of a count: it only removes what has leaked to zero.
 */
const COMMON = `
local request = cjson.decode(ARGV[1])
local now = request.now
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The count after what has leaked until now.
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

/**
 * Admits an attempt or not, in one step.
 *
 * Answers {code, ms, standing}; the code is 1 admitted; 0 refused, come again after so many ms; 2 full of attempts
 * under way, whose failure would cause a delay: ask again.
 */
export const ADMIT_SCRIPT = `${COMMON}
local function delay(ladder, count)
  if count < ladder.free then return 0 end
  return ladder.delays[math.min(count - ladder.free + 1, #ladder.delays)]
end

-- How long to wait: until the delay is over, or until enough has leaked that a shorter delay is over.
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

/** Ends an attempt. The request also has its outcome and the standing with which it was admitted. */
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
