/** What is well with a Redis and what is not, for `doctor`. Pure. */

/** One thing that was looked at. */
export interface RedisFinding {
  /** `problem`: Redis cannot be used so. `advice`: it can, and may fail you later. */
  readonly level: "ok" | "advice" | "problem"
  /** Such as `maxmemory-policy`. */
  readonly subject: string
  readonly found: string
  /** What to do about it; empty when all is well. */
  readonly next: string
}

/** What was found on each server that holds data. */
export interface RedisReport {
  /** Hosts and ports. */
  readonly where: string
  readonly findings: ReadonlyArray<RedisFinding>
}

/** The settings that matter; undefined when Redis does not tell this user. */
export interface RedisFacts {
  readonly version: string | undefined
  readonly maxMemoryBytes: number | undefined
  readonly evictionPolicy: string | undefined
  readonly savesDumps: boolean | undefined
  readonly savesEveryWrite: boolean | undefined
}

/** The oldest version that is tested: before it, scripts repeat what they did instead of its effects. */
const oldestMajor = 6

const evicting = new Set([
  "allkeys-lru",
  "allkeys-lfu",
  "volatile-lru",
  "volatile-lfu",
  "volatile-ttl"
])

const ok = (subject: string, found: string): RedisFinding => ({
  level: "ok",
  subject,
  found,
  next: ""
})

const advice = (subject: string, found: string, next: string): RedisFinding => ({
  level: "advice",
  subject,
  found,
  next
})

const untold = (subject: string, right: string): RedisFinding =>
  advice(
    subject,
    "Redis does not tell it to this user",
    `grant the right ${right}, or look yourself`
  )

const versionFinding = ({ version }: RedisFacts): RedisFinding => {
  const subject = "version"
  if (version === undefined) return untold(subject, "+info")
  return Number.parseInt(version, 10) >= oldestMajor
    ? ok(subject, version)
    : { level: "problem", subject, found: version, next: `use ${oldestMajor}.2 or newer` }
}

const memoryFinding = ({ maxMemoryBytes }: RedisFacts): RedisFinding => {
  const subject = "maxmemory"
  if (maxMemoryBytes === undefined) return untold(subject, "+config|get")
  return maxMemoryBytes > 0
    ? ok(subject, `${Math.round(maxMemoryBytes / 1_048_576)} MiB`)
    : advice(subject, "none", "set one below the memory of the machine, such as 256mb")
}

const evictionFinding = ({ evictionPolicy, maxMemoryBytes }: RedisFacts): RedisFinding => {
  const subject = "maxmemory-policy"
  if (evictionPolicy === undefined) return untold(subject, "+config|get")
  if (evicting.has(evictionPolicy)) return ok(subject, evictionPolicy)
  const isBounded = maxMemoryBytes !== undefined && maxMemoryBytes > 0
  const why =
    evictionPolicy === "noeviction"
      ? "when memory is full, nothing is cached any more"
      : "it drops any key, however often it is read"
  return {
    level: isBounded ? "problem" : "advice",
    subject,
    found: `${evictionPolicy}: ${why}`,
    next: "set maxmemory-policy allkeys-lru"
  }
}

const persistenceFinding = ({ savesDumps, savesEveryWrite }: RedisFacts): RedisFinding => {
  const subject = "persistence"
  if (savesDumps === undefined || savesEveryWrite === undefined) {
    return untold(subject, "+config|get")
  }
  return savesDumps || savesEveryWrite
    ? advice(
        subject,
        "it saves to disk, which nobody needs: nothing of an earlier run is answered with",
        'set save "" and appendonly no, unless others use this Redis, too'
      )
    : ok(subject, "off")
}

/** What follows from the settings of a server. */
export const findingsOf = (facts: RedisFacts): ReadonlyArray<RedisFinding> => [
  versionFinding(facts),
  memoryFinding(facts),
  evictionFinding(facts),
  persistenceFinding(facts)
]
