/** Who did what: the audit logs of the contexts. Schemas only. */
import { AuditPage, AuditPageQuery } from "@holdfast/core/audit"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import type { ContextName } from "../events/contexts.ts"
import { problemSchema } from "../events/eventProblems.ts"
import { refusalSchemaOf } from "../inventory/api/refusalSchemas.ts"
import { type ProblemAnswer, problemType } from "../kit/Problem.ts"
import { storeFailures } from "../kit/refusalSchemas.ts"

const notHere = {
  status: 403,
  slug: "audit-not-here",
  title: "The audit log cannot be read from here"
} as const

const notHereSchema = problemSchema(notHere, "AuditNotHereProblem", {})

/** A request may not read the audit log, and why. */
export const auditNotHere = (detail: string): ProblemAnswer => ({
  problem: { type: problemType(notHere.slug), title: notHere.title, status: notHere.status, detail }
})

/** The endpoints of the audit logs of these contexts. */
export const auditApiOf = (contexts: ReadonlyArray<ContextName>) =>
  HttpApiGroup.make("audit")
    .add(
      HttpApiEndpoint.get("list", "/api/audit", {
        query: {
          context: Schema.optionalKey(
            Schema.Literals([...contexts, "access"]).annotate({
              description: `Whose records: ${contexts[0]} unless given. \`access\` has those about the keys of services.`
            })
          ),
          ...AuditPageQuery.fields
        },
        success: AuditPage,
        error: [
          refusalSchemaOf("Unauthenticated"),
          refusalSchemaOf("Forbidden"),
          refusalSchemaOf("InvalidInput"),
          notHereSchema,
          ...storeFailures
        ]
      })
        .annotate(OpenApi.Summary, "Who changed what, and what was denied, the newest first")
        .annotate(
          OpenApi.Description,
          "A page of the audit log of a context. `next` is the `before` of the next page. Without " +
            "authentication, it is read from the machine of the server alone."
        )
    )
    .annotate(OpenApi.Title, "Audit")
