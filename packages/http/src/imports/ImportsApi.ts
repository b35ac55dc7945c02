/** Imports: files that are brought, and what became of them. Schemas only. */
import { type ImportJob, recordKinds } from "@holdfast/core/exchange"
import * as DateTime from "effect/DateTime"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { problemSchema } from "../events/eventProblems.ts"
import { refusalSchemaOf } from "../inventory/api/refusalSchemas.ts"
import { storeFailures } from "../kit/refusalSchemas.ts"

const optional = Schema.optionalKey

/** A switch in a query. */
const Switch = Schema.Literals(["true", "false"])

const ImportId = Schema.String.check(
  Schema.isPattern(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u, {
    message: "must be a UUID in lower case"
  })
)

const Word = Schema.String.check(
  Schema.isPattern(/^[^\p{Cc}\p{Cf}\p{Cs}]{1,255}$/u, {
    message: "must be 1 to 255 characters that can be seen"
  })
)

/** An import as it is shown. */
export const ImportView = Schema.Struct({
  importId: Schema.String,
  kind: Schema.Literals(recordKinds),
  source: Schema.String,
  status: Schema.Literals(["RUNNING", "INTERRUPTED", "STOPPED", "FINISHED"]),
  records: Schema.Int,
  created: Schema.Int,
  updated: Schema.Int,
  unchanged: Schema.Int,
  failed: Schema.Int,
  bytesDone: Schema.Int,
  bytesTotal: Schema.Int,
  problem: Schema.NullOr(Schema.String),
  createdAt: Schema.String,
  updatedAt: Schema.String
}).annotate({ identifier: "Import" })

/** An import, as it is shown. */
export const importView = (job: ImportJob): typeof ImportView.Type => {
  const { fingerprint: _fingerprint, run: _run, ...shown } = job
  return {
    ...shown,
    createdAt: DateTime.formatIso(job.createdAt),
    updatedAt: DateTime.formatIso(job.updatedAt)
  }
}

/** There is no such import. */
export const importNotFound = {
  status: 404,
  slug: "import-not-found",
  title: "There is no such import"
} as const

/** The file is larger than may be brought. */
export const fileTooLarge = {
  status: 413,
  slug: "content-too-large",
  title: "The body is too large"
} as const

/** Who asks may not bring files of the kind. */
const notPermitted = [refusalSchemaOf("Unauthenticated"), refusalSchemaOf("Forbidden")] as const

const notFoundSchema = problemSchema(importNotFound, "ImportNotFoundProblem", {
  importId: Schema.String
})

/** The media types of files, each with the form that it means. */
export const fileTypes = {
  "text/csv": "csv",
  "application/x-ndjson": "jsonl",
  "application/jsonl": "jsonl"
} as const

/** The endpoints of imports. */
export const ImportsApi = HttpApiGroup.make("imports")
  .add(
    HttpApiEndpoint.post("bring", "/api/imports/:kind", {
      params: { kind: Schema.Literals(recordKinds) },
      query: {
        source: optional(Word),
        map: optional(Schema.Array(Word)),
        preset: optional(Schema.Literals(["shopify"])),
        currency: optional(Word),
        dryRun: optional(Switch),
        allOrNothing: optional(Switch),
        allowUnknownSkus: optional(Switch),
        again: optional(Switch)
      },
      payload: HttpApiSchema.StreamUint8Array({
        contentType: Object.keys(fileTypes)
      }),
      success: ImportView.pipe(HttpApiSchema.status(202)),
      error: [
        ...notPermitted,
        refusalSchemaOf("InvalidInput"),
        problemSchema(fileTooLarge, "FileTooLargeProblem", {}),
        ...storeFailures
      ]
    }).annotate(
      OpenApi.Summary,
      "Bring a file of products, categories, SKUs or stock; the import goes on after the answer"
    ),
    HttpApiEndpoint.get("get", "/api/imports/:importId", {
      params: { importId: ImportId },
      success: ImportView,
      error: [...notPermitted, refusalSchemaOf("InvalidInput"), notFoundSchema, ...storeFailures]
    }).annotate(OpenApi.Summary, "How far an import is, and what became of its records"),
    HttpApiEndpoint.get("errors", "/api/imports/:importId/errors", {
      params: { importId: ImportId },
      success: HttpApiSchema.StreamUint8Array({ contentType: "text/csv" }),
      error: [...notPermitted, refusalSchemaOf("InvalidInput"), notFoundSchema, ...storeFailures]
    }).annotate(OpenApi.Summary, "The bad rows of an import as a CSV file, with line and column")
  )
  .annotate(OpenApi.Title, "Imports")
  .annotate(OpenApi.Description, "Files that are brought, and what became of their rows.")
