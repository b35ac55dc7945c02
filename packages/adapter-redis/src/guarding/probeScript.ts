/** What is common to scripts, and the one that finds out whether Redis takes writes. */
import { scriptOf } from "../clients/RedisConnection.ts"

/**
 * The time of Redis in milliseconds, and the run of the server. A number of Lua would be written with 14
 * digits.
 */
export const began = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local run = string.sub(string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'), 1, 16)
local function digits(number) return string.format('%.0f', number) end
`

/** KEYS: one. Answers with the time and the run. */
export const probeScript = scriptOf(`${began}
redis.call('SET', KEYS[1], '1', 'PX', 10000)
return { digits(now), run }
`)
