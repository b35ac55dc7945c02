/** The forms of a line of log: JSON of our own, JSON of the Elastic Common Schema, and words. */

import type { Details, LogLine } from "./logLines.ts"
import { forPeople } from "./redacting.ts"

/** How lines are written. */
export type LogForm = "json" | "ecs" | "pretty"

/** Writes a line, without its end. */
export type WriteLine = (line: LogLine) => string

const asJson: WriteLine = ({ cause, date, details, level, message, spanId, traceId }) =>
  forPeople(
    JSON.stringify({
      timestamp: date.toISOString(),
      level: level.toUpperCase(),
      message,
      ...(traceId === undefined ? {} : { trace_id: traceId, span_id: spanId }),
      ...details,
      ...(cause === undefined ? {} : { cause })
    })
  )

const asWords: WriteLine = ({ cause, date, details, level, message }) => {
  const told = Object.entries(details).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`
  )
  const time = date.toISOString().slice(11, 19)
  const line = [time, level.toUpperCase().padEnd(5), message, ...told].join(" ")
  return forPeople(cause === undefined ? line : `${line}\n  ${cause.replaceAll("\n", "\n  ")}`)
}

/** The version of the Elastic Common Schema whose fields are used. */
export const ecsVersion = "8.17.0"

/** Details that have a field of their own, and how their values are there. */
const ecsFields: Readonly<
  Record<string, { readonly field: string; readonly value?: (value: unknown) => unknown }>
> = {
  requestId: { field: "http.request.id" },
  method: { field: "http.request.method" },
  status: { field: "http.response.status_code" },
  operation: { field: "event.action" },
  principal: { field: "user.id" },
  // In nanoseconds.
  durationMillis: { field: "event.duration", value: (millis) => Math.round(Number(millis) * 1e6) },
  // The schema knows no third outcome: a refusal is an answer that worked.
  outcome: {
    field: "event.outcome",
    value: (outcome) => (outcome === "failure" ? "failure" : "success")
  }
}

const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** A label is a plain value: what is not is written as JSON. */
const labelOf = (value: unknown): string | number | boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : (JSON.stringify(value) ?? "undefined")

const ecsDetails = (details: Details) => {
  const fields: Record<string, unknown> = {}
  const labels: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(details)) {
    if (value === undefined) continue
    const known = ecsFields[name]
    if (known === undefined) labels[snake(name)] = labelOf(value)
    else fields[known.field] = known.value?.(value) ?? value
  }
  return { fields, labels }
}

/** Where lines come from, as the schema has it. */
export interface EcsService {
  readonly name: string
  readonly version: string
}

const asEcs =
  ({ name, version }: EcsService): WriteLine =>
  ({ cause, date, details, level, message, spanId, traceId }) => {
    const { fields, labels } = ecsDetails(details)
    return forPeople(
      JSON.stringify({
        "@timestamp": date.toISOString(),
        "log.level": level,
        message,
        "ecs.version": ecsVersion,
        "service.name": name,
        "service.version": version,
        "event.dataset": "holdfast.log",
        "process.pid": process.pid,
        ...(traceId === undefined ? {} : { "trace.id": traceId, "span.id": spanId }),
        ...fields,
        ...(cause === undefined
          ? {}
          : { "error.message": cause.split("\n", 1)[0], "error.stack_trace": cause }),
        ...(Object.keys(labels).length === 0 ? {} : { labels })
      })
    )
  }

/** How lines of a form are written. */
export const writerOf = (form: LogForm, service: EcsService): WriteLine => {
  if (form === "ecs") return asEcs(service)
  return form === "json" ? asJson : asWords
}
