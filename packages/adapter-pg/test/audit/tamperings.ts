/** Random changes to history by somebody who may change everything, and how each is undone. */
import type { Finding, SealedLog } from "@holdfast/core/audit"

/** A change to a table, and how it is undone. */
export interface Tampering {
  readonly what: string
  /** What the first thing may be called that does not fit. */
  readonly finds: ReadonlyArray<Finding["kind"]>
  readonly log: SealedLog
  readonly does: ReadonlyArray<string>
  readonly undoes: ReadonlyArray<string>
}

/** What there is to tamper with. */
export interface History {
  readonly positions: Readonly<Record<SealedLog, ReadonlyArray<number>>>
  readonly movementIds: ReadonlyArray<string>
  readonly seals: Readonly<Record<SealedLog, number>>
}

type Draw = (bound: number) => number

type Maker = (draw: Draw, history: History) => Tampering

const tables = { EVENTS: "inventory.events", AUDIT: "inventory.audit" } as const

const movements = "inventory.stock_movements"

type Change = readonly [column: string, value: string]

const columns: Readonly<Record<SealedLog, ReadonlyArray<Change>>> = {
  EVENTS: [
    ["event_id", "gen_random_uuid()"],
    ["event_type", "event_type || '.'"],
    ["aggregate_id", "aggregate_id || '1'"],
    ["version", "version + 1"],
    ['"timestamp"', "\"timestamp\" + interval '1 microsecond'"],
    ["command_id", "gen_random_uuid()"],
    ["correlation_id", "'other'"],
    ["traceparent", "'other'"],
    ["payload", "(payload::text || ' ')::json"],
    ["opens_run", "not opens_run"]
  ],
  AUDIT: [
    ["record", 'overlay(record::text placing \'{"actor":"eve",\' from 1 for 1)::json'],
    ["record", "(record::text || ' ')::json"],
    ["event_positions", "event_positions || 1::bigint"],
    ["created_at", "created_at + interval '1 microsecond'"]
  ]
}

const movementChanges: ReadonlyArray<Change> = [
  ["sku_id", "sku_id || '1'"],
  ["location_id", "location_id || '1'"],
  ["sequence", "sequence + 1"],
  ["type", "case type when 'ADJUSTMENT' then 'RETURN' else 'ADJUSTMENT' end"],
  ["quantity", "quantity + 1"],
  ["balance_after", "balance_after + 1"],
  ["reference", "coalesce(reference, '') || '1'"],
  ["reason", "coalesce(reason, '') || '1'"],
  ["actor", "'somebody else'"],
  ["occurred_at", "now()"],
  ["order_id", "'another'"]
]

const sealChanges: ReadonlyArray<Change> = [
  ["digest", "reverse(digest)"],
  ["previous", "'f' || substr(previous, 2, 62) || 'f'"],
  ["last_position", "last_position + 1"],
  ["leaves", "replace(leaves, ':', ':0')"],
  ["number", "number + 1000"],
  // Questions about a time go by it.
  ["ended_at", "ended_at + interval '1 hour'"]
]

const oneOf = <A>(draw: Draw, values: ReadonlyArray<A>): A => values[draw(values.length)] as A

const keep = (table: string, where: string) =>
  `create table kept as select * from ${table} where ${where}`

/** Puts back what was kept, in the place of whatever is there. */
const putBack = (table: string, where: string): ReadonlyArray<string> => [
  `delete from ${table} where ${where}`,
  `insert into ${table} select * from kept`,
  "drop table kept"
]

/** A log, and a place in it. */
const placeIn = (draw: Draw, { positions }: History) => {
  const log: SealedLog = draw(3) === 0 ? "AUDIT" : "EVENTS"
  const position = oneOf(draw, positions[log])
  return { log, table: tables[log], position, where: `position = ${position}` }
}

const movementIn = (draw: Draw, { movementIds }: History) => {
  const id = oneOf(draw, movementIds)
  return { id, where: `id = '${id}'` }
}

const changed: Maker = (draw, history) => {
  const { log, position, table, where } = placeIn(draw, history)
  const [column, value] = oneOf(draw, columns[log])
  return {
    ...{ what: `${column} of ${log} ${position}`, log, finds: ["CHANGED"] },
    does: [keep(table, where), `update ${table} set ${column} = ${value} where ${where}`],
    undoes: putBack(table, where)
  }
}

const removed: Maker = (draw, history) => {
  const { log, position, table, where } = placeIn(draw, history)
  return {
    ...{ what: `removal of ${log} ${position}`, log, finds: ["REMOVED"] },
    does: [keep(table, where), `delete from ${table} where ${where}`],
    undoes: putBack(table, where)
  }
}

/** A position of which the transaction was undone, or one before the first. */
const inserted: Maker = (draw, history) => {
  const { log, position, table, where } = placeIn(draw, history)
  const taken = new Set(history.positions[log])
  const free = Array.from({ length: Math.max(...taken) }, (_, n) => n).filter((n) => !taken.has(n))
  const place = oneOf(draw, [...free, -7])
  return {
    ...{ what: `copy of ${log} ${position} at ${place}`, log, finds: ["INSERTED"] },
    does: [
      keep(table, where),
      `update kept set position = ${place}`,
      `insert into ${table} select * from kept`
    ],
    undoes: [`delete from ${table} where position = ${place}`, "drop table kept"]
  }
}

const reordered: Maker = (draw, history) => {
  const { log, position, table } = placeIn(draw, history)
  const others = history.positions[log].filter((one) => one !== position)
  const other = oneOf(draw, others)
  const both = `position in (${position}, ${other})`
  return {
    ...{ what: `swap of ${log} ${position} and ${other}`, log, finds: ["REORDERED", "CHANGED"] },
    does: [
      keep(table, both),
      `update kept set position = ${position + other} - position`,
      `delete from ${table} where ${both}`,
      `insert into ${table} select * from kept`
    ],
    undoes: [`update kept set position = ${position + other} - position`, ...putBack(table, both)]
  }
}

const movementChanged: Maker = (draw, history) => {
  const { id, where } = movementIn(draw, history)
  const [column, value] = oneOf(draw, movementChanges)
  return {
    ...{ what: `${column} of movement ${id}`, log: "EVENTS", finds: ["CHANGED"] },
    does: [keep(movements, where), `update ${movements} set ${column} = ${value} where ${where}`],
    undoes: putBack(movements, where)
  }
}

const movementRemoved: Maker = (draw, history) => {
  const { id, where } = movementIn(draw, history)
  return {
    ...{ what: `removal of movement ${id}`, log: "EVENTS", finds: ["REMOVED"] },
    does: [keep(movements, where), `delete from ${movements} where ${where}`],
    undoes: putBack(movements, where)
  }
}

const movementInserted: Maker = (draw, history) => {
  const { id, where } = movementIn(draw, history)
  const added = "00000000-0000-7000-8000-0000000000ff"
  return {
    ...{ what: `a movement beside ${id}`, log: "EVENTS", finds: ["INSERTED"] },
    does: [
      keep(movements, where),
      `update kept set id = '${added}'`,
      `insert into ${movements} select * from kept`
    ],
    undoes: [`delete from ${movements} where id = '${added}'`, "drop table kept"]
  }
}

const sealTampered: Maker = (draw, { seals }) => {
  const log: SealedLog = draw(2) === 0 ? "AUDIT" : "EVENTS"
  const number = 1 + draw(seals[log])
  const where = `log = '${log}' and number = ${number}`
  const [column, value] = oneOf(draw, sealChanges)
  return {
    ...{ what: `${column} of seal ${number} of ${log}`, log },
    finds: ["SEAL_CHANGED", "SEAL_REMOVED"],
    does: [
      keep("inventory.seals", where),
      `update inventory.seals set ${column} = ${value} where ${where}`
    ],
    undoes: putBack(
      "inventory.seals",
      `log = '${log}' and number in (${number}, ${number + 1_000})`
    )
  }
}

/** A record that no question finds any more by who asked, what they did, or what it was about. */
const hidden: Maker = (draw, { positions }) => {
  const position = oneOf(draw, positions.AUDIT)
  const kind = oneOf(draw, ["operation", "command", "target"])
  const marks = "inventory.audit_marks"
  const where = `position = ${position} and mark like '${kind}:%'`
  return {
    ...{ what: `removal of the ${kind} of AUDIT ${position} from the marks`, log: "AUDIT" },
    finds: ["HIDDEN"],
    does: [keep(marks, where), `delete from ${marks} where ${where}`],
    undoes: putBack(marks, where)
  }
}

const makers: ReadonlyArray<Maker> = [
  changed,
  changed,
  removed,
  inserted,
  reordered,
  movementChanged,
  movementRemoved,
  movementInserted,
  sealTampered,
  hidden
]

/** A random tampering with a history. */
export const randomTampering: Maker = (draw, history) => oneOf(draw, makers)(draw, history)
