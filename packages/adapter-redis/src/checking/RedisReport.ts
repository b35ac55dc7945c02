/** What is well with a Redis and what is not, for `doctor`. Pure. */

/** One thing that was looked at. */
export interface RedisFinding {
  /** `problem`: Redis cannot be used so. `advice`: it can, and may fail you later. */
  readonly level: "ok" | "advice" | "problem"
  /** Such as `maxmemory-policy`. */
  readonly subject: string
  /** What was found, and what to do about it. */
  readonly message: string
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

const versionFinding = ({ version }: RedisFacts): RedisFinding => {
  const subject = "version"
  if (version === undefined) {
    return { level: "advice", subject, message: "Redis does not tell its version to this user" }
  }
  return Number.parseInt(version, 10) >= oldestMajor
    ? { level: "ok", subject, message: version }
    : { level: "problem", subject, message: `${version}; use ${oldestMajor}.2 or newer` }
}

const memoryFinding = ({ maxMemoryBytes }: RedisFacts): RedisFinding => {
  const subject = "maxmemory"
  if (maxMemoryBytes === undefined) {
    return { level: "advice", subject, message: "Redis does not tell its maxmemory to this user" }
  }
  return maxMemoryBytes > 0
    ? { level: "ok", subject, message: `${Math.round(maxMemoryBytes / 1_048_576)} MiB` }
    : {
        level: "advice",
        subject,
        message: "there is no limit; set one below the memory of the machine, such as 256mb"
      }
}

const evictionFinding = ({ evictionPolicy, maxMemoryBytes }: RedisFacts): RedisFinding => {
  const subject = "maxmemory-policy"
  if (evictionPolicy === undefined) {
    const message = "Redis does not tell its maxmemory-policy to this user"
    return { level: "advice", subject, message }
  }
  if (evicting.has(evictionPolicy)) return { level: "ok", subject, message: evictionPolicy }
  const isFull = maxMemoryBytes !== undefined && maxMemoryBytes > 0
  return {
    level: isFull ? "problem" : "advice",
    subject,
    message:
      evictionPolicy === "noeviction"
        ? "noeviction: when memory is full, nothing is cached any more; set allkeys-lru"
        : `${evictionPolicy} drops any key, however often it is read; set allkeys-lru`
  }
}

const persistenceFinding = ({ savesDumps, savesEveryWrite }: RedisFacts): RedisFinding => {
  const subject = "persistence"
  if (savesDumps === undefined || savesEveryWrite === undefined) {
    return { level: "advice", subject, message: "Redis does not tell how it saves to this user" }
  }
  return savesDumps || savesEveryWrite
    ? {
        level: "advice",
        subject,
        message:
          'it saves to disk, which nobody needs: what an earlier run kept is never answered with. Set save "" ' +
          "and appendonly no, unless others use it too"
      }
    : { level: "ok", subject, message: "off" }
}

/** What follows from the settings of a server. */
export const findingsOf = (facts: RedisFacts): ReadonlyArray<RedisFinding> => [
  versionFinding(facts),
  memoryFinding(facts),
  evictionFinding(facts),
  persistenceFinding(facts)
]
