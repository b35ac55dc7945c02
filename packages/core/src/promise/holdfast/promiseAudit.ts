/** The audit logs of both contexts as promises. */

import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { layerDigest } from "../../access/layerDigest.ts"
import { AuditPageQuery, auditPage } from "../../audit/entries.ts"
import { sealedLogs } from "../../audit/Seal.ts"
import { verifyLog } from "../../audit/verify.ts"
import type { EventLog } from "../../events/EventLog.ts"
import type { ContextCalls } from "../engine/PromiseCalls.ts"
import { instantText, plainInput } from "../engine/plainValues.ts"
import { questionReader } from "../engine/questionReader.ts"
import { takeSignal } from "../engine/readOptions.ts"
import type { AuditCalls } from "./AuditCalls.ts"

const context = Schema.optionalKey(Schema.Literals(["inventory", "catalog"]))

interface Asked extends AuditPageQuery {
  readonly context?: "inventory" | "catalog"
}

const readList = questionReader<Asked>({ ...AuditPageQuery.fields, context }, [])

const readVerify = questionReader<Pick<Asked, "context">>({ context }, [])

/** Options whose instants may be a `Date`. */
const plainOptions = (options: object): object => {
  const plain = plainInput(options) as Record<string, unknown>
  for (const name of ["from", "until"]) {
    if (name in plain) plain[name] = instantText(plain[name])
  }
  return plain
}

type Logs = Readonly<Record<"inventory" | "catalog", Pick<EventLog, "audit">>>

/** The audit logs of these logs. */
export const promiseAudit = (logs: Logs, calls: ContextCalls): AuditCalls => ({
  list: (options) =>
    calls.call("audit.list", takeSignal(options ?? {}), (rest) =>
      Effect.flatMap(
        Effect.fromResult(readList(undefined, plainOptions(rest))),
        ({ context: of = "inventory", ...query }) => auditPage(logs[of].audit, query)
      )
    ) as ReturnType<AuditCalls["list"]>,
  verify: (options) =>
    calls.call("audit.verify", takeSignal(options ?? {}), (rest) =>
      Effect.flatMap(
        Effect.fromResult(readVerify(undefined, plainOptions(rest))),
        ({ context: of = "inventory" }) =>
          Effect.forEach(sealedLogs, (log) => verifyLog(logs[of].audit, log)).pipe(
            Effect.map((verdicts) =>
              verdicts.map(({ finding, log, records, seals }) => ({
                ...{ log, records, seals },
                finding: finding ?? null
              }))
            ),
            Effect.provide(layerDigest)
          )
      )
    ) as ReturnType<AuditCalls["verify"]>
})
