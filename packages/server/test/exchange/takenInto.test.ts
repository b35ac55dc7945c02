/** What becomes of a file that the server cannot keep. */
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { expect, it } from "vitest"
import { takenInto } from "../../src/exchange/takenInto.ts"

const parts = Stream.fromIterable([new Uint8Array(70_000).fill(97), new Uint8Array(3).fill(98)])

it("keeps a body as it is, and knows its size", async () => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-taken-"))
  try {
    const path = join(folder, "body")
    expect(await Effect.runPromise(takenInto(path, 70_003, parts))).toMatchObject({ size: 70_003 })
    expect(await readFile(path, "utf8")).toBe(`${"a".repeat(70_000)}bbb`)
    const refused = Effect.flip(takenInto(path, 70_002, parts))
    expect(await Effect.runPromise(refused)).toMatchObject({ _tag: "FileTooLarge" })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

it("fails, and neither throws nor ends the process, when the disk is full or the folder is gone", async () => {
  for (const path of ["/dev/full", join(tmpdir(), "holdfast-no-such-folder", "body")]) {
    expect(await Effect.runPromise(Effect.flip(takenInto(path, 1_000_000, parts)))).toMatchObject({
      ...{ _tag: "StoreError", reason: "Unavailable" },
      message: expect.stringMatching(/^the file could not be kept until it is imported: EN/)
    })
  }
})
