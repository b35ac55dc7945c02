/** The statements of the audit log, for the test of plans. */
import type { AuditDraft, AuditQuery, Seal } from "@holdfast/core/audit"
import { OrderId } from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"
import { readKeyUsage, reserveEncryptions } from "../../src/audit/statements/keyUsage.ts"
import { deleteRecords, deleteSeals, insertAnchor } from "../../src/audit/statements/pruneAudit.ts"
import {
  readAnchor,
  readAudit,
  readAuditOfCommands,
  readAuditRange,
  readLastSeal,
  readSealedEvents,
  readSealedMovements,
  readSeals,
  readSenders,
  readUnmarked
} from "../../src/audit/statements/readAudit.ts"
import { readOldCustomers, replaceCustomers } from "../../src/audit/statements/rotateCustomers.ts"
import {
  readOldSenders,
  readWebhookSecrets,
  replaceSenders,
  replaceWebhookSecrets
} from "../../src/audit/statements/rotateSecrets.ts"
import {
  insertMarks,
  insertRecords,
  insertSeal,
  insertSenders
} from "../../src/audit/statements/writeAudit.ts"
import { insertEvents, insertRecordedEvents } from "../../src/events/statements/insertEvents.ts"
import {
  eraseCustomer,
  readCustomer
} from "../../src/inventory/statements/customers/readCustomer.ts"
import { writeCustomers } from "../../src/inventory/statements/customers/writeCustomers.ts"
import { event, now } from "../schema/plannedRows.ts"
import type { Planned } from "../schema/plans.ts"

const schema = "inventory"

const orderId = OrderId.make("order-7")

const auditId = "00000000-0000-7000-8000-0000000000aa"

const sender = { salt: "s", keyId: "k", ciphertext: "c", digest: "d" }

const draft: AuditDraft = {
  ...{ auditId, principal: { kind: "HOST", id: "" }, actor: null, operation: "ReceiveStock" },
  ...{ targets: ["SKU:sku-1"], commandId: event.commandId, correlationId: null, keyDigest: null },
  sender
}

const seal: Seal = {
  ...{ log: "AUDIT", number: 1_000_000, lastPosition: 9, leaves: [], previous: "p", digest: "d" },
  ...{ endedAt: now, sealedAt: now }
}

const inserted = {
  ...{ events: [event], opensRun: [true], payloads: ["{}"] },
  nowMillis: now.epochMilliseconds
}

const asked = (query: Omit<AuditQuery, "limit">) => readAudit(schema)({ ...query, limit: 50 })

const hourAgo = DateTime.makeUnsafe(Date.now() - 3_600_000)

const marks = ["audit_marks_pkey", "audit_pkey"]

/** Each with the indexes that it uses, and the pages that it may touch. */
export const plannedAudit: ReadonlyArray<Planned> = [
  ["insert an event", insertEvents(schema)(inserted), [], 60],
  ["insert an event with its record", insertRecordedEvents(schema)(inserted, [draft]), [], 120],
  ["insert where a request came from", insertSenders(schema)([draft]), [], 60],
  ["insert a denied attempt", insertRecords(schema)(["{}"], null), [], 60],
  ["insert a seal", insertSeal(schema)(seal), [], 60],
  ["read the anchor of a log", readAnchor(schema)("AUDIT"), [], 20],
  ["keep an anchor", insertAnchor(schema)("AUDIT", { number: 1, digest: "d" }), ["seals_pkey"], 60],
  ["drop seals", deleteSeals(schema)("AUDIT", 0), ["seals_pkey"], 60],
  ["drop records", deleteRecords(schema)(0), ["audit_pkey"], 400],
  ["mark records", insertMarks(schema)(1, 10), ["audit_pkey"], 400],
  ["read the audit log", asked({}), ["audit_pkey"], 60],
  ["read the audit log of a principal", asked({ principal: "person-7" }), marks, 400],
  ["read the audit log of an operation", asked({ operation: "ReserveStock" }), marks, 400],
  ["read the audit log of a target", asked({ target: "SKU:sku-7" }), marks, 400],
  [
    "read the audit log of a target and a principal",
    asked({ target: "SKU:sku-7", principal: "person-7" }),
    marks,
    400
  ],
  [
    "read the audit log of an hour",
    asked({ from: hourAgo, until: DateTime.add(hourAgo, { minutes: 1 }) }),
    ["audit_pkey", "seals_ended_at"],
    200
  ],
  [
    "read the records of commands",
    readAuditOfCommands(schema)([event.commandId]),
    ["audit_marks_pkey", "audit_pkey"],
    120
  ],
  ["read a range of the audit log", readAuditRange(schema)(10, 300, 256), ["audit_pkey"], 120],
  ["read records without their marks", readUnmarked(schema)(10, 100), marks, 4_000],
  ["read events to seal", readSealedEvents(schema)(10, 300, 256), ["events_000000_pkey"], 120],
  [
    "read events to seal with their movements",
    readSealedMovements(schema)(10, 300, 256),
    [],
    4_000
  ],
  ["read where requests came from", readSenders(schema)([auditId]), ["audit_private_pkey"], 20],
  ["read seals", readSeals(schema)("EVENTS", 5, 32), ["seals_pkey"], 40],
  [
    "read senders of older keys",
    readOldSenders(schema)("key-1", null, 200),
    ["audit_private_pkey"],
    400
  ],
  [
    "replace senders",
    replaceSenders(schema)([auditId], ["c"], ["d"], "key-1"),
    ["audit_private_pkey"],
    80
  ],
  [
    "read secrets of webhooks",
    readWebhookSecrets(schema, "secret")(null, 200),
    ["webhooks_pkey"],
    120
  ],
  [
    "replace secrets of webhooks",
    replaceWebhookSecrets(schema, "secret")([auditId], ["c"], ["d"]),
    ["webhooks_pkey"],
    160
  ],
  [
    "keep customers",
    writeCustomers(schema)([{ orderId, ciphertext: "hf1:a:n:c" }], now.epochMilliseconds),
    [],
    60
  ],
  ["read a customer", readCustomer(schema)(orderId), ["order_customers_pkey"], 20],
  ["erase a customer", eraseCustomer(schema)(orderId), ["order_customers_pkey"], 40],
  [
    "read customers of older keys",
    readOldCustomers(schema)("key-1", null, 200),
    ["order_customers_pkey"],
    400
  ],
  [
    "replace customers",
    replaceCustomers(schema)([orderId], ["c"], ["d"]),
    ["order_customers_pkey"],
    160
  ],
  ["reserve encryptions", reserveEncryptions(schema)("a", 10), [], 40],
  ["read how often keys encrypt", readKeyUsage(schema)(), ["key_usage_pkey"], 20],
  ["read the last seal", readLastSeal(schema)("EVENTS"), ["seals_pkey"], 20]
]
