/** The endpoints of imports, for an engine that takes files. */
import { objectionTo } from "@holdfast/core/access"
import { asHost, RequestCaller } from "@holdfast/core/engine"
import {
  anyPlace,
  type FileTooLarge,
  ImportDesk,
  type ImportJob,
  permittedImport,
  problemHead,
  problemLine,
  type RecordKind
} from "@holdfast/core/exchange"
import type { InvalidInput, StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { layerAccess } from "../access/layerAccess.ts"
import { RoutedImportsApi } from "../HoldfastApi.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { type ProblemAnswer, problemOf, problemType } from "../kit/Problem.ts"
import { loggedProblem, problemResponse, refusalResponse } from "../kit/problemResponse.ts"
import { layerStrictReading } from "../kit/strictReading.ts"
import { fileTooLarge, fileTypes, importNotFound, importView } from "./ImportsApi.ts"

const problemWith = (
  {
    slug,
    status,
    title
  }: { readonly slug: string; readonly status: number; readonly title: string },
  detail: string,
  fields: object = {},
  headers?: Readonly<Record<string, string>>
): ProblemAnswer => ({
  problem: { type: problemType(slug), title, status, detail, ...fields },
  headers
})

const refusedBy = (error: StoreError | InvalidInput.InvalidInput | FileTooLarge): ProblemAnswer =>
  error._tag === "FileTooLarge"
    ? problemWith(
        fileTooLarge,
        `A file may hold at most ${error.bytesMax} bytes; split it, or import it by the command`,
        {},
        { connection: "close" }
      )
    : problemOf(error)

const formOf = ({ headers }: HttpServerRequest) => {
  const [type = ""] = (headers["content-type"] ?? "").split(";")
  return fileTypes[type.trim().toLowerCase() as keyof typeof fileTypes]
}

const withImport = (
  found: Effect.Effect<ImportJob | undefined, StoreError>,
  importId: string,
  answer: (job: ImportJob) => HttpServerResponse.HttpServerResponse
) =>
  Effect.matchEffect(found, {
    onFailure: (error) => loggedProblem(problemOf(error), error),
    onSuccess: (job) =>
      job === undefined
        ? Effect.succeed(
            problemResponse(
              problemWith(importNotFound, `There is no import "${importId}"`, { importId })
            )
          )
        : ifMayBring(
            job.kind,
            Effect.sync(() => answer(job))
          )
  })

/** Does work if who asks may bring a file of the kind, and ask after it. */
const ifMayBring = <A>(
  kind: RecordKind,
  work: Effect.Effect<A>
): Effect.Effect<A | HttpServerResponse.HttpServerResponse> =>
  Effect.withFiber<A | HttpServerResponse.HttpServerResponse>((fiber) => {
    const { principal } = fiber.getRef(RequestCaller)
    const objection = principal && objectionTo(principal, permittedImport(kind), anyPlace)
    return objection === undefined ? work : Effect.succeed(refusalResponse(objection))
  })

const isOn = (text: string | undefined): boolean => text === "true"

const layerImportRoutes = HttpApiBuilder.group(
  RoutedImportsApi,
  "imports",
  Effect.fnUntraced(function* (handlers) {
    const desk = yield* ImportDesk
    const { basePath } = yield* HttpSettings
    return handlers.handleAll({
      bring: ({ params: { kind }, payload, query, request }) =>
        ifMayBring(
          kind,
          Effect.matchEffect(
            asHost(
              desk.accept(
                {
                  kind,
                  form: formOf(request),
                  source: query.source ?? `a file of ${kind}`,
                  map: query.map ?? [],
                  preset: query.preset,
                  currency: query.currency,
                  dryRun: isOn(query.dryRun),
                  allOrNothing: isOn(query.allOrNothing),
                  allowUnknownSkus: isOn(query.allowUnknownSkus),
                  again: isOn(query.again)
                },
                payload
              )
            ),
            {
              onFailure: (error) => loggedProblem(refusedBy(error), error),
              onSuccess: (job) =>
                Effect.succeed(
                  HttpServerResponse.jsonUnsafe(importView(job), {
                    status: 202,
                    headers: { location: `${basePath}/api/imports/${job.importId}` }
                  })
                )
            }
          )
        ),
      get: ({ params: { importId } }) =>
        withImport(desk.get(importId), importId, (job) =>
          HttpServerResponse.jsonUnsafe(importView(job))
        ),
      errors: ({ params: { importId } }) =>
        withImport(desk.get(importId), importId, (job) =>
          HttpServerResponse.stream(
            Stream.encodeText(
              Stream.concat(
                Stream.succeed(`\uFEFF${problemHead}`),
                Stream.map(desk.problems(job), problemLine)
              )
            ),
            {
              contentType: "text/csv; charset=utf-8",
              headers: { "content-disposition": `attachment; filename="errors-${importId}.csv"` }
            }
          )
        )
    })
  })
)

/** The endpoints of imports. */
export const layerImportEndpoints = (desk: ImportDesk["Service"]) =>
  HttpApiBuilder.layer(RoutedImportsApi).pipe(
    Layer.provide(layerImportRoutes),
    Layer.provide(Layer.succeed(ImportDesk, desk)),
    Layer.provide([layerStrictReading, layerAccess])
  )
