/** `holdfast audit list`: a page of the audit log. */
import { type AuditEntry, AuditPage, AuditPageQuery, auditPage } from "@holdfast/core/audit"
import { recordedOperations } from "@holdfast/http"
import * as Command from "effect/cli/Command"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answer } from "../../cli/answering.ts"
import { keyRingFlags, keysOf } from "../../cli/auditSettings.ts"
import { usageFailure } from "../../cli/CommandFailure.ts"
import { contextFlags, schemaOf } from "../../cli/contextSettings.ts"
import { anyText, readBy, setting, wholeNumber } from "../../cli/settings.ts"
import { layerKeyRing } from "../../serving/auditing.ts"
import { logOf, onDatabase, onDatabaseFlags } from "../onDatabase.ts"

const text = (name: string, metavar: string, description: string) =>
  setting(name, { metavar, description, read: anyText }, undefined)

const instant = (name: string, description: string) =>
  setting(
    name,
    {
      metavar: "<instant>",
      description,
      read: readBy(AuditPageQuery.fields.from.schema, "an instant such as 2026-11-26T12:00:00Z")
    },
    undefined
  )

const flags = {
  ...onDatabaseFlags,
  ...contextFlags,
  ...keyRingFlags,
  principal: text("principal", "<id>", "Only what this principal asked for"),
  operation: text("operation", "<name>", "Only this operation, such as ReserveStock"),
  target: setting(
    "target",
    {
      metavar: "<TYPE:id>",
      description: "Only what was about this, such as SKU:mug",
      read: readBy(AuditPageQuery.fields.target.schema, "TYPE:id, such as SKU:mug or ORDER:order-1")
    },
    undefined
  ),
  from: instant("from", "Only from this instant on"),
  until: instant("until", "Only up to this instant"),
  before: setting(
    "before",
    {
      metavar: "<position>",
      description: "Only records before this position, for the next page",
      read: wholeNumber(1, Number.MAX_SAFE_INTEGER)
    },
    undefined
  ),
  limit: setting(
    "limit",
    {
      metavar: "<count>",
      description: "Records to list at most (default: 100)",
      read: wholeNumber(1, 1_000)
    },
    100
  )
}

const nameOf = ({ actor, principal }: AuditEntry): string => {
  const name = principal.id === "" ? principal.kind.toLowerCase() : principal.id
  return actor === null || actor === principal.id ? name : `${name} (${actor})`
}

const lineOf = (entry: AuditEntry): string => {
  const { at, dropped, operation, outcome, position, reason, sender, senderProblem, targets } =
    entry
  const parts = [
    String(position),
    DateTime.formatIso(at),
    nameOf(entry),
    outcome === "DENIED" ? `DENIED ${operation}` : operation,
    targets.join(" "),
    ...(reason === null ? [] : [`(${reason})`]),
    ...(dropped === 0 ? [] : [`and ${dropped} more`]),
    ...(sender?.address == null ? [] : [`from ${sender.address}`]),
    ...(senderProblem === null ? [] : [`[${senderProblem}]`])
  ]
  return parts.filter((part) => part !== "").join("  ")
}

const encodePage = Schema.encodeSync(AuditPage)

/** Reads only. */
export const list = Command.make("list", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const keys = yield* keysOf(input)
      const { before, from, operation, principal, target, until } = input
      const given = Object.entries({ before, from, operation, principal, target, until })
      const asked = Object.fromEntries(given.filter(([, value]) => value !== undefined))
      const { audit } = yield* logOf(input.context)
      const page = yield* auditPage(
        audit,
        { ...(asked as AuditPageQuery), size: input.limit },
        recordedOperations
      ).pipe(
        Effect.provide(layerKeyRing(keys, schemaOf(input.context, input))),
        Effect.catchTag("InvalidInput", ({ issues }) =>
          Effect.fail(
            usageFailure(
              issues
                .map(({ message, path }) => `--${path} ${message.replace(/\bfrom$/, "--from")}`)
                .join("; ")
            )
          )
        )
      )
      const more = page.next === null ? [] : [`there may be more: --before ${page.next}`]
      yield* answer(
        input,
        encodePage(page),
        page.items.length === 0 ? ["no records"] : [...page.items.map(lineOf), ...more]
      )
    })
  )
).pipe(
  Command.withDescription("List who did what, the newest first"),
  Command.withExamples([
    { command: "holdfast audit list --target SKU:mug", description: "Who changed a SKU" }
  ])
)
