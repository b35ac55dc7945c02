/**
 * The scripts of the cache; each runs in one step. An entry is one text:
 * `h1 <version> <run> <kept at> <life> <stale> <kind> <value>`: an instant of Redis' clock and two lengths
 * of time in milliseconds; kind `v` for a value, `n` for nothing, `t` for an invalidation, which leaves a
 * tombstone. An entry stays in Redis for longer than it is answered with, since its version keeps older
 * ones out.
 */
import { scriptOf } from "../clients/RedisConnection.ts"
import { began } from "../guarding/probeScript.ts"

/** The version of an entry, if it is one of ours: its first 21 characters hold it. */
const versionOf = `
local function versionAt(key)
  local old = redis.pcall('GETRANGE', key, 0, 20)
  if type(old) == 'table' then
    if string.find(old.err, 'WRONGTYPE', 1, true) then return nil, true end
    error(old.err)
  end
  return tonumber(string.match(old, '^h1 (%d+) ')), false
end
`

/** KEYS: one of those that were read before. Answers with the time and the run. */
export const nowScript = scriptOf(`${began}
return { digits(now), run }
`)

/** KEYS: copies. Answers with the time, the run, and the entries: where they cannot be read before. */
export const getScript = scriptOf(`${began}
local entries = redis.call('MGET', unpack(KEYS))
return { digits(now), run, unpack(entries) }
`)

const ended = `
local claims = {}
for index = count + 1, #KEYS do claims[index - count] = KEYS[index] end
redis.call('DEL', unpack(claims))
`

/**
 * KEYS: copies, then as many claims. ARGV: the run that is expected, then of each its version, how long it
 * stays in Redis, and its entry from the life on. Answers with the time, the run, whether it is the
 * expected one (nothing is put otherwise), and the count of keys that belong to others.
 */
export const putScript = scriptOf(`${began}${versionOf}
if ARGV[1] ~= run then return { digits(now), run, 0, 0 } end
local count = #KEYS / 2
local by = ' ' .. run .. ' ' .. digits(now) .. ' '
local foreign = 0
for index = 1, count do
  local at = index * 3 - 1
  local known, isForeign = versionAt(KEYS[index])
  if isForeign then
    foreign = foreign + 1
  elseif not known or known <= tonumber(ARGV[at]) then
    redis.call('SET', KEYS[index], 'h1 ' .. ARGV[at] .. by .. ARGV[at + 2], 'PX', ARGV[at + 1])
  end
end
${ended}
return { digits(now), run, 1, foreign }
`)

/**
 * KEYS: copies, then as many claims. ARGV: how long it is remembered, then the version of each. Without
 * memory for a tombstone the older copy is deleted all the same, and the script fails.
 */
export const invalidateScript = scriptOf(`${began}${versionOf}
local remembers = tonumber(ARGV[1])
local count = #KEYS / 2
local by = ' ' .. run .. ' ' .. digits(now) .. ' '
local foreign = 0
local trouble
for index = 1, count do
  local version = ARGV[1 + index]
  local known, isForeign = versionAt(KEYS[index])
  if isForeign then
    foreign = foreign + 1
  elseif known and known >= tonumber(version) then
    if redis.call('PTTL', KEYS[index]) < remembers then
      redis.call('PEXPIRE', KEYS[index], ARGV[1])
    end
  else
    local tombstone = 'h1 ' .. version .. by .. '0 0 t '
    local done = redis.pcall('SET', KEYS[index], tombstone, 'PX', ARGV[1])
    if done.err then
      trouble = done
      redis.pcall('DEL', KEYS[index])
    end
  end
end
${ended}
if trouble then return trouble end
return { digits(now), run, 1, foreign }
`)

/** KEYS: claims. ARGV: for how long. Answers with the time, the run, and 1 for each that was free. */
export const claimScript = scriptOf(`${began}
local reply = { digits(now), run }
for index = 1, #KEYS do
  reply[index + 2] = redis.call('SET', KEYS[index], '1', 'NX', 'PX', ARGV[1]) and 1 or 0
end
return reply
`)

/** KEYS: claims, which end. Answers with the time and the run. */
export const endClaimsScript = scriptOf(`${began}
redis.call('DEL', unpack(KEYS))
return { digits(now), run }
`)
