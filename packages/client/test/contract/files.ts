/** The files in `src/api`, as the OpenAPI document of the REST API makes them. */
import * as OpenApi from "effect/http-api/OpenApi"
import { HoldfastApi } from "../../../http/src/index.ts"
import { askingPaths } from "../../../http/src/limits/requestKind.ts"
import { type Any, printer, typeNameOf } from "./printing.ts"

/** The document of the whole API. */
export const document: Any = OpenApi.fromApi(HoldfastApi)

const schemas = document.components.schemas

/** An operation of the document. */
interface Operation {
  readonly group: string
  readonly name: string
  readonly method: string
  readonly path: string
  readonly about: Any
}

const catalogGroups = new Set(["products", "options", "categories", "attributes"])
const inventoryGroups = new Set(["skus", "stock", "reservations", "orders", "carts", "locations"])

/** The file that an operation belongs to. */
const placeOf = ({ group }: Operation): Place => {
  if (catalogGroups.has(group)) return "catalog"
  return inventoryGroups.has(group) ? "inventory" : "other"
}

type Place = "catalog" | "inventory" | "other"

const places: ReadonlyArray<Place> = ["inventory", "catalog", "other"]

/** Every operation, in the order of the document. */
export const operations: ReadonlyArray<Operation> = Object.entries<Any>(document.paths).flatMap(
  ([path, verbs]) =>
    Object.entries<Any>(verbs).map(([verb, about]) => {
      const [group = "", name = ""] = String(about.operationId).split(".")
      return { group, name, method: verb.toUpperCase(), path, about }
    })
)

const pascal = (word: string): string => `${word[0]?.toUpperCase()}${word.slice(1)}`

const nameOf = ({ group, name }: Operation): string => `${pascal(group)}${pascal(name)}`

const parametersOf = ({ about }: Operation, place: string): ReadonlyArray<Any> =>
  (about.parameters ?? []).filter((one: Any) => one.in === place)

const hasHeader = (operation: Operation, header: string): boolean =>
  parametersOf(operation, "header").some(({ name }) => name === header)

const contentOf = (body: Any): readonly [type: string, schema: Any] | undefined => {
  const [found] = Object.entries<Any>(body?.content ?? {})
  return found === undefined ? undefined : [found[0], found[1].schema]
}

const takesFile = ({ about }: Operation): boolean =>
  contentOf(about.requestBody)?.[0] === "text/csv"

const isStream = ({ about }: Operation): boolean =>
  Object.values<Any>(about.responses).some(
    (one) => one.content?.["text/event-stream"] !== undefined
  )

/** The object that a body may be, without the nothing that it may be as well. */
const bodyOf = ({ about }: Operation): Any => {
  let schema = contentOf(about.requestBody)?.[1] ?? {}
  if (schema.$ref !== undefined) schema = schemas[schema.$ref.split("/").pop()]
  return schema.anyOf?.find((one: Any) => one.type === "object") ?? schema
}

const askingPost = askingPaths()

/** How an operation goes over the wire, as `readRoute` reads it. */
const routeOf = (operation: Operation): string => {
  const { method, path } = operation
  const isAsking = method === "GET" || (method === "POST" && askingPost.has(path as never))
  const flags = [
    hasHeader(operation, "idempotency-key") ? "k" : "",
    isAsking ? "r" : "",
    takesFile(operation) ? "f" : "",
    isStream(operation) ? "s" : ""
  ].join("")
  return `${method} ${flags} ${path}`
}

const urnPrefix = "urn:holdfast:problem:"

/** The names of the problems that a schema describes; none for what is no refusal. */
const problemsOf = (schema: Any): ReadonlyArray<string> => {
  const { status, type } = schema?.properties ?? {}
  const urns: ReadonlyArray<unknown> = type?.enum ?? []
  // What a store fails with is no refusal.
  const isFault = status?.enum?.[0] >= 500
  return isFault
    ? []
    : urns
        .map(String)
        .flatMap((urn) => (urn.startsWith(urnPrefix) ? urn.slice(urnPrefix.length) : []))
}

/** The refusals of an operation, by the names of their schemas. */
export const refusalsOf = ({ about }: Operation): ReadonlyArray<string> => {
  const named = Object.entries<Any>(about.responses)
    .filter(([status]) => Number(status) >= 400)
    .flatMap(([, response]) => Object.values<Any>(response.content ?? {}))
    .flatMap(({ schema }) => schema.anyOf ?? [schema])
    .map(({ $ref }: Any) => String($ref).split("/").pop() ?? "")
  return [...new Set(named)].filter((name) => problemsOf(schemas[name]).length > 0)
}

const answerOf = (operation: Operation, print: (schema: Any) => string): string => {
  const [, found] = Object.entries<Any>(operation.about.responses).find(
    ([status]) => Number(status) < 300
  ) ?? ["", {}]
  const content = contentOf(found)
  if (content === undefined) return "undefined"
  return content[0] === "application/json" ? print(content[1]) : "string"
}

const head = (what: string): string =>
  `/** ${what} Made by \`pnpm contract\` from the OpenAPI document; do not change it by hand. */\n`

/** Wraps a union that is long. */
const union = (members: ReadonlyArray<string>): string =>
  members.length < 3 ? ` ${members.join(" | ")}` : `\n  | ${members.join("\n  | ")}`

const imports = (names: Iterable<string>, from: string): string => {
  const sorted = [...new Set(names)].sort()
  return sorted.length === 0 ? "" : `import type {\n  ${sorted.join(",\n  ")}\n} from "${from}"\n`
}

/** Which schemas operations of each file reach; those of several are of all. */
const homes = new Map<string, Place>()
const reach = (schema: Any, place: Place, seen: Set<string>): void => {
  if (Array.isArray(schema)) for (const one of schema) reach(one, place, seen)
  else if (typeof schema === "object" && schema !== null) {
    const name = typeof schema.$ref === "string" ? schema.$ref.split("/").pop() : undefined
    if (name !== undefined && schemas[name] !== undefined && !seen.has(name)) {
      seen.add(name)
      const type = typeNameOf(name)
      const home = homes.get(type)
      homes.set(type, home === undefined || home === place ? place : "other")
      reach(schemas[name], place, seen)
    }
    for (const value of Object.values(schema)) reach(value, place, seen)
  }
}
for (const operation of operations) {
  const place = placeOf(operation)
  reach([operation.about.parameters, operation.about.requestBody], place, new Set())
  const answers = Object.entries<Any>(operation.about.responses).filter(
    ([status]) => Number(status) < 400
  )
  reach(answers, place, new Set())
}
reach(
  Object.values(schemas).filter((schema) => problemsOf(schema).length > 0),
  "other",
  new Set()
)

const sentence = (text: string | undefined, name: string): string => {
  const first = (text ?? "").split("\n")[0] ?? ""
  return first === "" ? `\`${name}\` of the API.` : `${first.replace(/\.$/, "")}.`
}

const declared = (name: string, used: Set<string>): string => {
  const { fields, print } = printer(schemas, (one) => used.add(typeNameOf(one)))
  const schema = schemas[name]
  const type = typeNameOf(name)
  const comment = `/** ${sentence(schema.description, type)} */\n`
  return schema.type === "object" && schema.properties !== undefined
    ? `${comment}export interface ${type} {\n${fields(schema, "  ").join("\n")}\n}\n`
    : `${comment}export type ${type} =${union(print(schema).split(" | "))}\n`
}

const modelNames = (place: Place): ReadonlyArray<string> => [
  ...new Map(
    Object.keys(schemas)
      .filter(
        (name) => homes.get(typeNameOf(name)) === place && problemsOf(schemas[name]).length === 0
      )
      .filter((name) => isWorthNaming(schemas[name]))
      .map((name) => [typeNameOf(name), name] as const)
      .reverse()
  ).values()
]

const isWorthNaming = ({ anyOf, enum: words, type }: Any): boolean =>
  type === "object" || words !== undefined || (anyOf !== undefined && anyOf.length > 1)

const importsOf = (used: Iterable<string>, own: ReadonlySet<string>): string =>
  places
    .map((place) =>
      imports(
        [...used].filter((name) => !own.has(name) && homes.get(name) === place),
        `./${place}Models.ts`
      )
    )
    .join("")

const words = {
  inventory: "the inventory",
  catalog: "the catalog",
  other: "events, webhooks, imports, the audit log, and what several parts share"
} as const

const modelsFile = (place: Place): string => {
  const used = new Set<string>()
  const names = modelNames(place)
  const body = names.map((name) => declared(name, used)).join("\n")
  const own = new Set(names.map(typeNameOf))
  return `${head(`Models of ${words[place]}.`)}${importsOf(used, own)}\n${body}`
}

const inputOf = (operation: Operation, print: (schema: Any) => string): ReadonlyArray<string> => {
  const asked = [...parametersOf(operation, "path"), ...parametersOf(operation, "query")].map(
    ({ name, required, schema }) =>
      `  readonly ${name}${required ? ": " : "?: undefined | "}${print(schema)}`
  )
  if (takesFile(operation)) {
    return [
      ...asked,
      "  /** The text of the file. */\n  readonly file: string | Blob",
      `  /** \`text/csv\` unless given. */\n  readonly mediaType?: undefined | string`
    ]
  }
  const body = bodyOf(operation)
  const fields = Object.entries<Any>(body.properties ?? {}).map(
    ([name, schema]) =>
      `  readonly ${name}${(body.required ?? []).includes(name) ? ": " : "?: undefined | "}${print(schema)}`
  )
  return [...asked, ...fields]
}

const methodsFile = (place: Place): string => {
  const used = new Set<string>()
  const problems = new Set<string>()
  const { print } = printer(schemas, (name) => used.add(typeNameOf(name)))
  const inputs: Array<string> = []
  const groups = new Map<string, Array<string>>()
  for (const operation of operations.filter((one) => placeOf(one) === place)) {
    const { about, group, name } = operation
    const fields = inputOf(operation, print)
    const full = nameOf(operation)
    const isNeeded = fields.some((field) => /readonly \w+:/.test(field))
    const summary = sentence(about.summary, name)
    if (fields.length > 0) {
      inputs.push(
        `/** What \`${group}.${name}\` takes. */\nexport interface ${full}Input {\n${fields.join("\n")}\n}\n`
      )
    }
    const refusals = refusalsOf(operation)
    for (const one of refusals) problems.add(one)
    if (!isStream(operation)) {
      inputs.push(
        `/** Why \`${group}.${name}\` is refused. */\nexport type ${full}Refusal =${union(refusals.length === 0 ? ["never"] : refusals)}\n`
      )
    }
    const input = fields.length > 0 ? `${full}Input` : "Readonly<Record<string, never>>"
    const answer = isStream(operation)
      ? "AsyncGenerator<Event>"
      : `Promise<Result<${answerOf(operation, print)}, ${full}Refusal>>`
    if (isStream(operation)) used.add("Event")
    const lines = groups.get(group) ?? []
    groups.set(group, lines)
    lines.push(
      `    /** ${summary} */\n    ${name}(input${isNeeded ? "" : "?"}: ${input}, options?: CallOptions): ${answer}`
    )
  }
  const methods = [...groups].map(
    ([group, lines]) => `  readonly ${group}: {\n${lines.join("\n")}\n  }`
  )
  const interfaceOf = `/** The methods. */\nexport interface ${pascal(place)}Methods {\n${methods.join("\n")}\n}\n`
  return [
    head(`Methods of ${words[place]}.`),
    `import type { CallOptions, Result } from "../calling/options.ts"\n`,
    importsOf(used, new Set()),
    imports(problems, "./problems.ts"),
    `\n${inputs.join("\n")}\n${interfaceOf}`
  ].join("")
}

const refusalNames = [...new Set(operations.flatMap(refusalsOf))].sort()

const problemsFile = (): string => {
  const used = new Set<string>()
  const { fields } = printer(schemas, (name) => used.add(typeNameOf(name)))
  const made = refusalNames.map((name) => {
    const schema = schemas[name]
    const comment = `/** ${sentence(schema.description, name)} */\n`
    const code = `  readonly problem: ${problemsOf(schema)
      .map((one) => JSON.stringify(one))
      .join(" | ")}\n`
    return `${comment}export interface ${name} {\n${code}${fields(schema, "  ").join("\n")}\n}\n`
  })
  return `${head("Refusals.")}${importsOf(used, new Set())}\n${made.join("\n")}`
}

const routesFile = (): string => {
  const groups = new Map<string, Array<string>>()
  for (const operation of operations) {
    const lines = groups.get(operation.group) ?? []
    groups.set(operation.group, lines)
    lines.push(`    ${operation.name}: ${JSON.stringify(routeOf(operation))}`)
  }
  const table = [...groups].map(([group, lines]) => `  ${group}: {\n${lines.join(",\n")}\n  }`)
  const codes = refusalNames.flatMap((name) => problemsOf(schemas[name])).join(" ")
  return [
    head("Where the operations are."),
    "\n/** How each operation goes over the wire, by its group. */\n",
    `export const routes: Readonly<Record<string, Readonly<Record<string, string>>>> = {\n${table.join(",\n")}\n}\n`,
    "\n/** The codes of refusals. */\n",
    `export const refusalCodes =\n  ${JSON.stringify(codes)}\n`
  ].join("")
}

/** The files and what they are to hold. */
export const contractFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ...places.map((place) => [`${place}Models.ts`, modelsFile(place)] as const),
    ...places.map((place) => [`${place}Methods.ts`, methodsFile(place)] as const),
    ["problems.ts", problemsFile()],
    ["routes.ts", routesFile()]
  ])
