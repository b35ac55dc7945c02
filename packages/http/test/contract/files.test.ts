/**
 * The committed contract of events is the one that the sources make. `pnpm contract` writes it;
 * `pnpm contract release` also records it as the one that later versions must not break.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { expect, it } from "vitest"
import { breaksBetween } from "./breaksBetween.ts"
import {
  contractFiles,
  pathOf,
  type Released,
  releasedFile,
  releasedNow,
  releaseNow,
  schemaFolder,
  textOf
} from "./files.ts"

const files = contractFiles()
const updated = process.env["UPDATE_CONTRACT"]

/** Files of schemas that no event type has any more. */
const leftOver = () =>
  readdirSync(pathOf(schemaFolder)).filter((name) => !files.has(`${schemaFolder}/${name}`))

if (updated !== undefined) {
  mkdirSync(pathOf(schemaFolder), { recursive: true })
  for (const [file, text] of files) writeFileSync(pathOf(file), text)
  for (const name of leftOver()) rmSync(pathOf(`${schemaFolder}/${name}`))
}

const released = (): Released => JSON.parse(textOf(releasedFile))
const breaks = () => breaksBetween(released().asyncapi, JSON.parse(releasedNow()).asyncapi)

if (updated === "break" || (updated === "release" && breaks().length === 0)) {
  writeFileSync(pathOf(releasedFile), releasedNow())
}

it.each([...files.keys()])("%s is as the sources make it; if not, run `pnpm contract`", (file) => {
  expect(textOf(file)).toBe(files.get(file))
})

it("has no schema of an event that does not exist", () => {
  expect(leftOver()).toEqual([])
})

it("breaks nothing that the last release promised to readers of events", () => {
  expect(breaks()).toEqual([])
})

it("is recorded for this release; if not, run `pnpm contract release`", () => {
  expect(released().release).toBe(releaseNow())
})
