/** The statements of those who follow the log, for the test of plans. */
import {
  adoptLog,
  advanceCursor,
  deleteCursor,
  deleteDeadLetter,
  moveCursor,
  notifyFollowers,
  releaseCursor,
  renewCursor,
  resetCursor,
  retakeCursor,
  suspendCursor,
  takeCursor
} from "../../src/events/statements/changeCursors.ts"
import { claimEvent } from "../../src/events/statements/claimEvent.ts"
import { diagnoseCursors } from "../../src/events/statements/diagnoseCursors.ts"
import {
  readCursor,
  readCursors,
  readDeadLetters,
  readFirstLetters,
  readHead,
  readHorizon
} from "../../src/events/statements/readCursors.ts"
import { readCluster, readDatabase } from "../../src/events/statements/readDatabase.ts"
import { readLastUpTo, readNewestEvents } from "../../src/events/statements/readEvents.ts"
import { readLastEvent } from "../../src/schema/statements/prunePartitions.ts"
import { forgetServer, noteServer } from "../../src/schema/statements/servers.ts"
import { event } from "./plannedRows.ts"
import type { Planned } from "./plans.ts"

const lease = { name: "relay-7", epoch: 1, position: 0, eventId: null }

const server = {
  ...{ serverId: "0199c0de-1111-7000-8000-00000000000a", name: "host-a:1", release: "0.1.0" },
  ...{ knows: 20, lanes: 3, connections: 12, isPooled: false }
}

/** Each with the indexes that it uses, and the pages that it may touch. */
export const plannedCursors: ReadonlyArray<Planned> = [
  ["note a server", noteServer("inventory")(server), [], 20],
  ["forget a server", forgetServer("inventory")(server.serverId), ["servers_pkey"], 20],
  ["read a cursor", readCursor("inventory")("relay-7", null), ["event_cursors_pkey"], 60],
  ["read all cursors", readCursors("inventory")(null), ["event_cursors_pkey"], 40],
  [
    "read the first dead letters",
    readFirstLetters("inventory")(),
    ["event_cursors_pkey", "dead_letters_pkey"],
    5_000
  ],
  ["read the last event of a partition", readLastEvent("inventory", "events_000000"), [], 20],
  ["read where the log ends", readHead("inventory")(), [], 40],
  ["read which database this is", readDatabase("inventory"), ["migrations_pkey"], 40],
  ["read which cluster this is", readCluster, [], 10],
  ["read what was dropped", readHorizon("inventory")(), [], 10],
  [
    "take a cursor",
    takeCursor("inventory")(
      "relay-7",
      { kind: "PUBLISHER", owner: "a relay", position: 0, leaseMillis: 5_000 },
      null
    ),
    [],
    60
  ],
  [
    "take a cursor that is there",
    retakeCursor("inventory")(
      "relay-7",
      { kind: "PUBLISHER", owner: "a relay", leaseMillis: 5_000 },
      null
    ),
    ["event_cursors_pkey"],
    40
  ],
  ["renew a cursor", renewCursor("inventory")(lease, 5_000, null), ["event_cursors_pkey"], 40],
  ["release a cursor", releaseCursor("inventory")(lease), ["event_cursors_pkey"], 40],
  ["suspend a cursor", suspendCursor("inventory")(lease, 9), ["event_cursors_pkey"], 40],
  ["adopt a log", adoptLog("inventory")("relay-7", null), ["event_cursors_pkey"], 60],
  [
    "forget a cursor with 2,000 dead letters",
    deleteCursor("inventory")("relay-7"),
    ["event_cursors_pkey", "dead_letters_pkey"],
    5_000
  ],
  ["reset a cursor", resetCursor("inventory")("relay-7", 9, null), ["event_cursors_pkey"], 60],
  [
    "advance a cursor and keep a dead letter",
    advanceCursor("inventory")(
      lease,
      {
        position: 9,
        eventId: event.eventId,
        deadLetters: [{ position: 9, eventId: event.eventId, cause: "too large" }]
      },
      null
    ),
    ["event_cursors_pkey"],
    60
  ],
  [
    "read the dead letters of a cursor",
    readDeadLetters("inventory")(40, 20, "relay-7"),
    ["dead_letters_pkey"],
    40
  ],
  ["forget a dead letter", deleteDeadLetter("inventory")("relay-3", 3), ["dead_letters_pkey"], 40],
  [
    "diagnose ten cursors, with 100 dead letters each",
    diagnoseCursors("inventory", 1_000, 100),
    ["event_cursors_pkey", "dead_letters_pkey"],
    400
  ],
  [
    "move a cursor in a host's transaction",
    moveCursor("inventory")(lease, { position: 9, eventId: event.eventId }, "mark"),
    ["event_cursors_pkey"],
    60
  ],
  ["claim an event", claimEvent("inventory")("shipping", event.eventId, "mark"), [], 60],
  [
    "notify followers",
    notifyFollowers("inventory", "holdfast_inventory")(new Map([["kafka", 3]])),
    [],
    40
  ],
  [
    "read the newest events of a stretch",
    readNewestEvents("inventory")(40_000, 40_500, ["inventory.stock.reserved"], ["sku-1"]),
    [],
    100
  ],
  ["read the last event of a stretch", readLastUpTo("inventory")(40_500), [], 20]
]
