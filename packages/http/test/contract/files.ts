/**
 * The files that tell readers of events what to expect, as the sources have them now: the AsyncAPI
 * document, a JSON Schema for each type of event, and the examples in `docs/EVENTS.md`.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { asyncApiDocument } from "../../src/asyncapi/asyncApiDocument.ts"
import { type JsonSchema, readerSchemas } from "../../src/asyncapi/readerSchema.ts"
import type { AnyEventType } from "../../src/events/contexts.ts"
import { exampleEvents } from "./examples.ts"
import type { Wire } from "./wire.ts"

const root = new URL("../../../../", import.meta.url)

/** The whole path of a file of the repository. */
export const pathOf = (file: string): string => fileURLToPath(new URL(file, root))

/** The text of a file of the repository. */
export const textOf = (file: string): string => readFileSync(pathOf(file), "utf8")

/** Where the schemas are, a file for each type of event. */
export const schemaFolder = "docs/events/schemas"

/** What the last release promised to readers. */
export const releasedFile = "docs/events/released.json"

/** The contract of a release. */
export interface Released {
  readonly release: string
  readonly asyncapi: {
    readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
  }
  /** An event of each type, as that release wrote them. */
  readonly examples: Readonly<Record<string, Wire>>
}

/** The release that the packages are at. */
export const releaseNow = (): string => JSON.parse(textOf("packages/core/package.json")).version

const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** The contract as it is now, for the day of its release. */
export const releasedNow = (): string =>
  jsonOf({ release: releaseNow(), asyncapi: asyncApiDocument(), examples: exampleEvents() })

const page = "docs/EVENTS.md"
const begin = "<!-- examples, made by `pnpm contract` -->"
const end = "<!-- end of the examples -->"

const sectionOf = (eventType: string, schema: JsonSchema, { payload }: Wire): string =>
  [
    `### ${eventType}`,
    "",
    `${schema["description"]} [Schema](events/schemas/${eventType}.json)`,
    "",
    "```json",
    JSON.stringify(payload, null, 2),
    "```"
  ].join("\n")

const pageWith = (examples: string): string => {
  const text = textOf(page)
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`${page} has no place for examples`)
  return `${before}${begin}\n\n${examples}\n\n${end}${after}`
}

/** The files and what they are to hold. */
export const contractFiles = (): ReadonlyMap<string, string> => {
  const examples = exampleEvents()
  const schemas = Object.entries(readerSchemas()) as ReadonlyArray<
    readonly [AnyEventType, JsonSchema]
  >
  const files = schemas.map(([type, schema]) => {
    const $schema = "https://json-schema.org/draft/2020-12/schema"
    const $id = `urn:holdfast:event:${type}`
    return [
      `${schemaFolder}/${type}.json`,
      jsonOf({ $schema, $id, ...schema, examples: [examples[type]] })
    ] as const
  })
  const sections = schemas.map(([type, schema]) => sectionOf(type, schema, examples[type]))
  return new Map([
    ["docs/events/asyncapi.json", jsonOf(asyncApiDocument())],
    ...files,
    [page, pageWith(sections.join("\n\n"))]
  ])
}
