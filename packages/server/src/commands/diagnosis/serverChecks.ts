/** Whether what all servers may ask of the database is there. Pure. */
import type { DatabaseDiagnosis, IndexStanding, ServerDiagnosis } from "@holdfast/adapter-pg/effect"
import type { Check, DiagnosedContext } from "./diagnosisChecks.ts"

/** Connections that are left for those who look after the database: doctor, backups, a person. */
const spared = 5

/** Each server once, with the lanes of all its contexts. */
const serversIn = (contexts: ReadonlyArray<DiagnosedContext>): ReadonlyArray<ServerDiagnosis> => {
  const all = new Map<string, ServerDiagnosis>()
  for (const { facts } of contexts) {
    for (const server of facts.tables?.servers ?? []) {
      const lanes = (all.get(server.serverId)?.lanes ?? 0) + server.lanes
      all.set(server.serverId, { ...server, lanes })
    }
  }
  return [...all.values()]
}

const sum = (numbers: ReadonlyArray<number>): number =>
  numbers.reduce((total, number) => total + number, 0)

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`

/** How many servers of each release run. */
const releasesOf = (servers: ReadonlyArray<ServerDiagnosis>): string => {
  const counts = Map.groupBy(servers, ({ release }) => release)
  return [...counts].map(([release, { length }]) => `${length} of ${release}`).join(", ")
}

/** The servers that run, and the sum of their connections beside what the database grants. */
export const serversCheck = (
  contexts: ReadonlyArray<DiagnosedContext>,
  { connectionsMax, connectionsReserved }: DatabaseDiagnosis<unknown>
): Check => {
  const name = "servers"
  const servers = serversIn(contexts)
  if (servers.length === 0) return { name, status: "ok", found: "none runs now", next: "" }
  const direct = servers.filter(({ isPooled }) => !isPooled)
  const asked = sum(direct.map(({ connections }) => connections))
  const free = connectionsMax - connectionsReserved
  const lanes = sum(servers.map((server) => server.lanes))
  const pooled = servers.length - direct.length
  const found =
    `${releasesOf(servers)}, with ${plural(lanes, "lane")}; they open up to ${asked} connections of the ${free} ` +
    `that there are${pooled === 0 ? "" : `, and ${pooled} go through a pooler`}`
  if (asked + spared <= free) return { name, status: "ok", found, next: "" }
  const beside = Math.max(...direct.map(({ connections }) => connections))
  const each = Math.floor((free - spared) / direct.length)
  return {
    name,
    status: "warn",
    found,
    next:
      `raise max_connections to ${asked + spared + connectionsReserved} or more, or lower --max-connections of each ` +
      `server so that it opens ${Math.max(4, each)}, not ${beside}; below that, put PgBouncer between ` +
      "(--pooler transaction). An update runs one server more for a while"
  }
}

const percent = (share: number): string => `${Math.floor(share * 100)} %`

const progressOf = ({ built, name, parts, share }: IndexStanding): string =>
  share === null
    ? `${name} has ${built} of ${parts} parts`
    : `${name} is being built: ${built} of ${parts} parts, and ${percent(share)} of the next`

/** Indexes that are built in the background; none where a context has none. */
export const indexesCheck = (
  indexes: ReadonlyArray<IndexStanding>,
  schema: string
): ReadonlyArray<Check> => {
  const left = indexes.filter(({ isWhole }) => !isWhole)
  const name = "indexes"
  if (indexes.length === 0) return []
  if (left.length === 0) return [{ name, status: "ok", found: "all are built", next: "" }]
  return [
    {
      name,
      status: "warn",
      found: left.map(progressOf).join("; "),
      next:
        `reads that need them are slow meanwhile; a server that owns schema ${schema} builds them by itself, else run ` +
        "holdfast migrate as the owner: it goes on where a build was broken off"
    }
  ]
}
