/** An operation as it goes over the wire, written as `POST k /api/skus/{skuId}/archive`. */

/** How an operation is sent. */
export interface Route {
  readonly method: string
  readonly path: string
  /** Whether it is a command with an idempotency key. */
  readonly isKeyed: boolean
  /** Whether it may be sent again as it is. */
  readonly isRepeatable: boolean
  /** Whether its body is a file, and what else is asked stands in the query. */
  readonly takesFile: boolean
  /** Whether its answer is a stream of events. */
  readonly isStream: boolean
}

/** Reads one: `k` is a command with a key, `r` a question, `s` a stream, `f` a file. */
export const readRoute = (text: string): Route => {
  const [method = "", flags = "", path = ""] = text.split(" ")
  return {
    method,
    path,
    isKeyed: flags.includes("k"),
    isRepeatable: flags.includes("k") || flags.includes("r"),
    takesFile: flags.includes("f"),
    isStream: flags.includes("s")
  }
}

type Fields = Readonly<Record<string, unknown>>

const append = (query: URLSearchParams, name: string, value: unknown): void => {
  if (value === undefined || value === null) return
  if (Array.isArray(value)) for (const one of value) append(query, name, one)
  else if (typeof value === "object") {
    for (const [key, one] of Object.entries(value)) append(query, `${name}.${key}`, one)
  } else query.append(name, String(value))
}

/** Where a request goes, and its body; undefined without one. */
export const placed = (
  { method, path, takesFile }: Route,
  input: Fields
): { readonly path: string; readonly body: unknown } => {
  const { file, mediaType: _, ...rest } = input as { [name: string]: unknown }
  const fields: { [name: string]: unknown } = takesFile ? rest : { ...input }
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const value = fields[name]
    delete fields[name]
    if (typeof value !== "string" || value === "") {
      throw new TypeError(`${name} must be a text that is not empty, in an object of what is asked`)
    }
    // However they are written, these are steps in a path, and lead to another operation.
    if (value === "." || value === "..") throw new TypeError(`${name} must not be "${value}"`)
    return encodeURIComponent(value)
  })
  if (takesFile && (file === undefined || file === null)) {
    throw new TypeError("file must be the text of the file, or a Blob")
  }
  if (method !== "GET" && method !== "DELETE" && !takesFile) {
    return { path: filled, body: JSON.stringify(fields) }
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) append(query, name, value)
  return { path: query.size === 0 ? filled : `${filled}?${query}`, body: file }
}
