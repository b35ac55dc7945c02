import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { errorGuard, methodsToPromises } from "../../../src/engine.ts"
import { HoldfastError, isHoldfastError } from "../../../src/index.ts"
import { DoorError } from "../../../src/promise/engine/DoorError.ts"

/** The refusals of a context that the engine does not know, by their details. */
interface Refusals {
  readonly DoorLocked: { readonly room: number; readonly message: string }
  readonly RoomFull: { readonly room: number }
}

const isOurs = errorGuard<Refusals>()

const openRooms = () =>
  methodsToPromises(
    Effect.succeed({
      enter: ({ room }: { readonly room: number }) =>
        room === 1
          ? Effect.fail({ _tag: "DoorLocked", room, message: `room ${room} is locked` })
          : Effect.fail({ _tag: "RoomFull", room })
    })
  )

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable("it was answered"),
    (error: unknown) => error
  )

describe("the errors of a context of one's own", () => {
  it("have its refusals as codes, with the details and the sentence of each", async () => {
    const rooms = await openRooms()
    const sentences: Array<string> = []
    for (const room of [1, 2]) {
      const error = await caught(rooms.enter({ room }))
      if (!isOurs(error)) throw error
      switch (error.code) {
        case "DoorLocked":
          sentences.push(`${error.details.room}: ${error.details.message}, ${error.message}`)
          break
        case "RoomFull":
          sentences.push(`${error.details.room}: ${error.message}`)
          break
        default:
          expect.unreachable(error.code satisfies Exclude<typeof error.code, keyof Refusals>)
      }
      expect(isHoldfastError(error)).toBe(true)
    }
    expect(sentences).toEqual(["1: room 1 is locked, room 1 is locked", "2: RoomFull"])
    await rooms.close()
    const late = await caught(rooms.enter({ room: 1 }))
    expect(isOurs(late, "Closed")).toBe(true)
    expect(isOurs(late, "RoomFull")).toBe(false)
    expect(String(late)).toBe("HoldfastError: Holdfast is closed")
  })
})

describe("the error of a door", () => {
  it("is known to another copy of the package", async () => {
    // A query makes the module loader evaluate the same file once more.
    const path = "../../../src/promise/engine/DoorError.ts?another-copy"
    const copy: typeof import("../../../src/promise/engine/DoorError.ts") = await import(path)
    expect(copy.DoorError).not.toBe(DoorError)
    const error = new copy.DoorError("Busy", { reason: "locked" })
    expect(error).not.toBeInstanceOf(DoorError)
    expect(isHoldfastError(error, "Busy")).toBe(true)
    expect(copy.errorGuard()(new HoldfastError("Busy", { reason: "locked" }))).toBe(true)
  })
})
