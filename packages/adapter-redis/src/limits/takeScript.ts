/**
 * Takes a token of a bucket, as `takeToken` of core does: a bucket is `<used> <at>`, used in tokens times
 * milliseconds of the window, at an instant of Redis' clock.
 */
import { scriptOf } from "../clients/RedisConnection.ts"

/**
 * KEYS: the bucket. ARGV: count, window in milliseconds, and the instant in place of Redis' own, for
 * tests. Answers with 1 or 0, what remains, and the milliseconds until it is full and until one may
 * come; with nothing when the key belongs to others.
 */
export const takeScript = scriptOf(`
local count, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local now = tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local old = redis.pcall('GET', KEYS[1])
if type(old) == 'table' then
  if string.find(old.err, 'WRONGTYPE', 1, true) then return {} end
  return old
end
local used, at = 0, now
if old then
  local oldUsed, oldAt = string.match(old, '^(%d+) (%d+)$')
  if oldUsed then
    local passed = math.min(math.max(0, now - tonumber(oldAt)), window)
    used = math.max(0, tonumber(oldUsed) - passed * count)
    at = math.max(now, tonumber(oldAt))
  end
end
local isAllowed = used + window <= count * window
if isAllowed then used = used + window end
local free = count * window - used
redis.call(
  'SET', KEYS[1], string.format('%.0f %.0f', used, at),
  'PX', string.format('%.0f', window + at - now)
)
return {
  isAllowed and 1 or 0, math.floor(free / window), math.ceil(used / count),
  math.max(0, math.ceil((window - free) / count))
}
`)
