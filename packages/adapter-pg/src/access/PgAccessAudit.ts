/** The audit log of access: who made and who revoked the keys of services. It has no log of events. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { AccessAudit } from "@holdfast/core/audit"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { makePgAudit } from "../audit/PgAudit.ts"
import { runQueries } from "../connection/Session.ts"
import { checkedSchemaName, type MigrationError } from "../schema/schemaName.ts"
import { accessSchemaDefault } from "./accessTables.ts"

/** Reads and seals the audit log in the tables of access, which must exist by the first call. */
export const layerAccessAudit = (
  options: { readonly schema?: string | undefined } = {}
): Layer.Layer<AccessAudit, MigrationError, PgPool.PgPool> =>
  Layer.effect(
    AccessAudit,
    Effect.gen(function* () {
      const schema = yield* checkedSchemaName(options.schema ?? accessSchemaDefault)
      const run = runQueries(yield* PgPool.PgPool)
      const audit = makePgAudit(
        { schema, hasLedger: false, hasEvents: false, nowMillis: Effect.succeed(null) },
        run
      )
      return AccessAudit.of(audit)
    })
  )
