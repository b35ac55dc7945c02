/**
 * The fields of the Elastic Common Schema that lines of log use, with their types there: a document whose
 * values do not fit the types of its fields is refused as a whole.
 */

const isKeyword = (value: unknown): boolean => typeof value === "string" && value.length <= 1_024

const isLong = (value: unknown): boolean => Number.isSafeInteger(value)

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  "@timestamp": (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  "log.level": isKeyword,
  message: (value) => typeof value === "string",
  "ecs.version": isKeyword,
  "service.name": isKeyword,
  "service.version": isKeyword,
  "event.dataset": isKeyword,
  "event.action": isKeyword,
  "event.outcome": (value) => ["success", "failure", "unknown"].includes(String(value)),
  "event.duration": isLong,
  "process.pid": isLong,
  "trace.id": (value) => isKeyword(value) && /^[0-9a-f]{32}$/.test(String(value)),
  "span.id": (value) => isKeyword(value) && /^[0-9a-f]{16}$/.test(String(value)),
  "http.request.id": isKeyword,
  "http.request.method": isKeyword,
  "http.response.status_code": isLong,
  "user.id": isKeyword,
  "error.message": (value) => typeof value === "string",
  "error.stack_trace": (value) => typeof value === "string"
}

const required = ["@timestamp", "log.level", "message", "ecs.version"]

const isLabel = (value: unknown): boolean =>
  ["string", "number", "boolean"].includes(typeof value)

/** What of a line does not fit the schema. */
export const faultsOf = (line: Readonly<Record<string, unknown>>): ReadonlyArray<string> => [
  ...required.filter((field) => !(field in line)).map((field) => `${field} is missing`),
  ...Object.entries(line).flatMap(([field, value]) => {
    if (field === "labels") {
      return Object.entries(value as object)
        .filter(([name, label]) => name.includes(".") || !isLabel(label))
        .map(([name]) => `labels.${name}`)
    }
    return types[field]?.(value) === true ? [] : [`${field}: ${JSON.stringify(value)}`]
  })
]
