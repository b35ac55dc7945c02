/**
 * What the facts about a database mean. There is one check for each fact: ok, a warning or a
 * failure. A warning or a failure says what to do next. Pure.
 */
import type {
  ContextDiagnosis,
  CursorDiagnosis,
  DatabaseDiagnosis,
  Diagnosis,
  TableDiagnosis
} from "@holdfast/adapter-pg/effect"
import { cursorOfWebhook } from "@holdfast/core/events"
import type { ContextName } from "../../cli/contextSettings.ts"
import { indexesCheck, serversCheck } from "./serverChecks.ts"

/** A check and how it came out. */
export interface Check {
  readonly name: string
  readonly status: "ok" | "warn" | "fail"
  readonly found: string
  /** What to do next; empty when all is well. */
  readonly next: string
}

/** The facts about a context and its database. */
export type DiagnosedContext =
  | { readonly context: "inventory"; readonly schema: string; readonly facts: Diagnosis }
  | {
      readonly context: "catalog"
      readonly schema: string
      readonly facts: DatabaseDiagnosis<ContextDiagnosis>
    }

/** What the checks need to know beside the facts. */
export interface CheckedPlace {
  readonly isEmbedded: boolean
}

/** What every database is asked. */
type ServerFacts = DatabaseDiagnosis<unknown>

/** What the tables of every context are asked. */
type Tables = Omit<ContextDiagnosis, "defaultEvents">

const ok = (name: string, found: string): Check => ({ name, status: "ok", found, next: "" })
const warn = (name: string, found: string, next: string): Check => ({
  name,
  status: "warn",
  found,
  next
})
const fail = (name: string, found: string, next: string): Check => ({
  name,
  status: "fail",
  found,
  next
})

const versionMin = 150_000
const skewMillisMax = 1_000
const transactionSecondsMax = 300
const lagMax = 10_000
const waitingSecondsMax = 60
/** The longest time for which a cursor may be between two owners. */
const ownerlessSecondsMax = 10

const version = ({ version, versionText }: ServerFacts): Check =>
  version >= versionMin
    ? ok("server version", `PostgreSQL ${versionText}`)
    : fail("server version", `PostgreSQL ${versionText}`, "upgrade to PostgreSQL 15 or newer")

const role = ({ isReplica }: ServerFacts): Check =>
  isReplica
    ? fail("server role", "a replica, which cannot be written to", "use the URL of the primary")
    : ok("server role", "primary")

const clock = ({ clockSkewMillis, roundTripMillis }: ServerFacts): Check => {
  const found = `the database is ${clockSkewMillis} ms ahead of this machine, ± ${Math.ceil(roundTripMillis / 2)} ms`
  return Math.abs(clockSkewMillis) <= skewMillisMax + roundTripMillis
    ? ok("clock", found)
    : warn("clock", found, "let NTP set both clocks; holds lapse by the database's")
}

const connections = (facts: ServerFacts): Check => {
  const found = `${facts.connections} of ${facts.connectionsMax} in use`
  return facts.connections < facts.connectionsMax * 0.9
    ? ok("connections", found)
    : warn("connections", found, "raise max_connections, or lower --max-connections of the servers")
}

const transactions = (facts: ServerFacts): Check => {
  const seconds = Math.round(facts.oldestTransactionSeconds)
  if (facts.preparedTransactions > 0) {
    return warn(
      "transactions",
      `${facts.preparedTransactions} prepared and waiting`,
      "commit or roll them back: readers of the event log wait for them (pg_prepared_xacts)"
    )
  }
  return seconds <= transactionSecondsMax
    ? ok("transactions", `the oldest has run for ${seconds} s`)
    : warn(
        "transactions",
        `the oldest has run for ${seconds} s`,
        "end it (pg_stat_activity names it): old rows are kept for it, and the event log may wait"
      )
}

/** Settings of a session that have other values, for example because a pooler drops them. */
const sessions = ({ settings }: ServerFacts): Check => {
  const other = settings.filter(
    ({ value, wanted }) => wanted !== null && inWords(value) !== inWords(wanted)
  )
  return other.length === 0
    ? ok("session settings", "in force as asked")
    : warn(
        "session settings",
        other.map(({ name, value, wanted }) => `${name} is ${value}, not ${wanted}`).join("; "),
        "a pooler drops them: say --pooler transaction, or set them for the role"
      )
}

/** `on` and `true`, or `5s` and `5000ms`, are one and the same. */
const inWords = (value: string | null): string | null =>
  value === null ? null : value.toLowerCase().replace(/^(\d+)s$/, "$1000ms")

const durability = ({ settings }: ServerFacts, place: CheckedPlace): Check => {
  const off = settings.filter(({ value, wanted }) => wanted === null && value === "off")
  if (place.isEmbedded) {
    return ok("durability", "what is acknowledged survives the process, not the machine")
  }
  return off.length === 0
    ? ok("durability", "what is acknowledged is on disk")
    : warn(
        "durability",
        off.map(({ name }) => `${name} is off`).join("; "),
        "switch it on: a crash of the server may lose what was acknowledged"
      )
}

const migrated = (facts: ServerFacts, tables: Tables, schema: string): Check => {
  if (tables.refusal !== undefined) return fail("tables", tables.refusal.message, "see the message")
  if (tables.missing.length === 0) {
    const at = `at migration ${tables.applied.at(-1)?.id ?? 0}`
    const ahead = tables.ahead.map(({ id, name }) => `${id} ${name}`).join(", ")
    return ahead === ""
      ? ok("tables", `up to date, ${at}`)
      : ok("tables", `${at}; of a newer release, beside which this one works: ${ahead}`)
  }
  const names = tables.missing.map(({ id, name }) => `${id} ${name}`).join(", ")
  return fail("tables", `migrations missing: ${names}`, migrateAs(facts, schema))
}

const migrateAs = ({ mayCreate }: ServerFacts, schema: string): string =>
  mayCreate
    ? "run holdfast migrate"
    : `run holdfast migrate as a user who may create in schema ${schema}`

const partitions = (facts: ServerFacts, tables: Tables, schema: string): Check =>
  tables.missingPartitions.length === 0
    ? ok("partitions", "made ahead")
    : warn(
        "partitions",
        `not made yet: ${tables.missingPartitions.join(", ")}`,
        migrateAs(facts, schema)
      )

const safeButSlow =
  "they are safe but slow to prune: move them to partitions of their own while nothing writes"

const defaultEvents = ({ defaultEvents: events }: ContextDiagnosis): Check =>
  events === 0
    ? ok("default partitions", "empty")
    : warn("default partitions", `${events} events are in them`, safeButSlow)

const defaultRows = ({ defaultRows: { events, stockMovements } }: TableDiagnosis): Check =>
  events + stockMovements === 0
    ? ok("default partitions", "empty")
    : warn(
        "default partitions",
        `${stockMovements} movements and ${events} events are in them`,
        safeButSlow
      )

/** While an embedded database is looked at, its server is stopped: nothing writes down what lapses. */
const sweeper = ({ unsweptHolds }: TableDiagnosis, isEmbedded: boolean): Check => {
  if (unsweptHolds === 0) return ok("sweeper", "no hold is waiting to be written down as expired")
  const lapsed = `${countOf(unsweptHolds)} ${unsweptHolds === 1 ? "hold" : "holds"} lapsed`
  return isEmbedded
    ? ok("sweeper", `${lapsed} while no server ran; the next one writes them down`)
    : warn(
        "sweeper",
        `${lapsed} more than a minute ago and not written down`,
        "keep a server running, or run holdfast expire"
      )
}

const countOf = (count: number): string => count.toLocaleString("en")

/** What keeps the events of a cursor from moving as they should; undefined when nothing does. */
const troubleOf = ({ lag, name, owner, waitingSeconds }: CursorDiagnosis): string | undefined => {
  const behind = `${countOf(lag)} ${lag === 1 ? "event" : "events"} behind`
  const still = `and has not moved for ${Math.round(waitingSeconds)} s`
  if (owner === null && waitingSeconds > ownerlessSecondsMax) {
    return `nobody moves ${name}, which is ${behind} ${still}`
  }
  if (waitingSeconds > waitingSecondsMax) return `${name}, moved by ${owner}, is ${behind} ${still}`
  return lag > lagMax ? `${name} is ${behind}` : undefined
}

/** How long nobody may have moved a cursor before it looks forgotten. */
const abandonedSeconds = 86_400

const isAbandoned = (all: ReadonlyArray<CursorDiagnosis>): boolean =>
  all.some(
    ({ name, owner, waitingSeconds }) =>
      owner === null && waitingSeconds > abandonedSeconds && !name.startsWith(cursorOfWebhook(""))
  )

/** Followers of the log. Some cannot go on before somebody has looked. */
const cursors = ({ cursors: all, webhooks: { paused } }: Tables): Check => {
  const restored = all.filter(({ standing }) => standing === "RESTORED")
  if (restored.length > 0) {
    return fail(
      "event cursors",
      restored
        .map(
          ({ drawn, name, reached }) =>
            `${name} had reached position ${reached}, where the log, which ends at ${drawn}, has ` +
            "another event or none"
        )
        .join("; "),
      "the log was restored: compare what was handled, then run holdfast events adopt, or reset"
    )
  }
  const lost = all.filter(({ standing }) => standing === "LOST")
  if (lost.length > 0) {
    return fail(
      "event cursors",
      `events were dropped that had not been passed by ${lost.map(({ name }) => name).join(", ")}`,
      "let what follows read the current state, then run holdfast events reset --to last; of what " +
        "nobody needs any more: holdfast events forget"
    )
  }
  const atRest = new Set(paused.map(({ webhookId }) => cursorOfWebhook(webhookId)))
  const troubles = all.flatMap((cursor) =>
    atRest.has(cursor.name) ? [] : (troubleOf(cursor) ?? [])
  )
  return troubles.length === 0
    ? ok("event cursors", all.length === 0 ? "nobody follows the log" : "all keep up")
    : warn(
        "event cursors",
        troubles.join("; "),
        "start what moves the cursor, or read its log (holdfast events cursors names the owners)" +
          (isAbandoned(all) ? "; if nobody needs it any more: holdfast events forget" : "")
      )
}

const deadLetters = ({ cursors: all }: Tables): Check => {
  const left = all.filter((cursor) => cursor.deadLetters > 0)
  return left.length === 0
    ? ok("dead letters", "none")
    : warn(
        "dead letters",
        left.map((cursor) => `${countOf(cursor.deadLetters)} of ${cursor.name}`).join("; "),
        "holdfast events dead-letters says why each event was left out, and holdfast events redrive " +
          "publishes them once that is set right"
      )
}

/** Webhooks that are paused, and what they did not take. */
const webhooks = ({ webhooks: { failed, paused } }: Tables): Check => {
  const stopped = paused.flatMap(({ because, webhookId }) =>
    because === null ? [] : [`${webhookId} is paused: ${because}`]
  )
  const leftOut = failed === 0 ? [] : [`${countOf(failed)} events were not taken and left out`]
  const found = [...stopped, ...leftOut]
  return found.length === 0
    ? ok("webhooks", "none was paused by itself, and no event was left out")
    : warn(
        "webhooks",
        found.join("; "),
        "set the receiver right, then make the webhook active (PATCH /api/webhooks/{webhookId} with " +
          "status ACTIVE); GET …/deliveries?status=FAILED says what was left out, and POST …/redeliver sends it"
      )
}

/** A command that reads a log, as it is typed for a context. */
const forContext = (context: ContextName, check: Check): Check =>
  context === "inventory"
    ? check
    : {
        ...check,
        name: `${context} ${check.name}`,
        next: check.next.replaceAll(
          /holdfast events [a-z-]+/g,
          (command) => `${command} --context ${context}`
        )
      }

/** The checks that a context alone has; none when its tables are not there. */
const ownChecks = (
  diagnosed: DiagnosedContext,
  { isEmbedded }: CheckedPlace
): ReadonlyArray<Check> => {
  if (diagnosed.facts.tables === undefined) return []
  return diagnosed.context === "inventory"
    ? [defaultRows(diagnosed.facts.tables), sweeper(diagnosed.facts.tables, isEmbedded)]
    : [defaultEvents(diagnosed.facts.tables)]
}

const tableChecks = (diagnosed: DiagnosedContext, place: CheckedPlace): ReadonlyArray<Check> => {
  const { facts, schema } = diagnosed
  const tables: Tables | undefined = facts.tables
  if (tables === undefined) {
    return [fail("tables", `schema ${schema} is not there`, migrateAs(facts, schema))]
  }
  return [
    migrated(facts, tables, schema),
    ...indexesCheck(tables.indexes, schema),
    partitions(facts, tables, schema),
    ...ownChecks(diagnosed, place),
    cursors(tables),
    deadLetters(tables),
    webhooks(tables)
  ]
}

/** All checks of a database and its contexts, in the order in which they are worth reading. */
export const checksOf = (
  contexts: ReadonlyArray<DiagnosedContext>,
  place: CheckedPlace
): ReadonlyArray<Check> => {
  const [first] = contexts
  if (first === undefined) return []
  const { facts } = first
  return [
    version(facts),
    role(facts),
    ...contexts.flatMap((one) =>
      tableChecks(one, place).map((check) => forContext(one.context, check))
    ),
    sessions(facts),
    durability(facts, place),
    clock(facts),
    ...(place.isEmbedded
      ? []
      : [connections(facts), serversCheck(contexts, facts), transactions(facts)])
  ]
}
