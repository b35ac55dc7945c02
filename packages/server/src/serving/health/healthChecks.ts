/**
 * What a server looks at for `/health/ready` beside its stores: the disk of the embedded database, and
 * whether its relays move events. A relay that is stuck is a warning: stock never depends on it, and
 * servers that share a log would all be taken out of service at once.
 */
import { statfs } from "node:fs/promises"
import type { RelayStatus } from "@holdfast/core/events"
import type { HealthCheck } from "@holdfast/http"
import * as Effect from "effect/Effect"
import type { DatabasePlace } from "../../cli/databaseSettings.ts"
import { inFlags } from "../../cli/flagWords.ts"
import type { ServerLife } from "../ServerLife.ts"

/** Below this, an embedded database may not be able to write. */
const freeBytesMin = 64 * 1_048_576

/** Below this, a person should act. */
const freeBytesLow = 1_024 * 1_048_576

/** What is free for this user on the disk of a folder, in bytes. */
export const freeBytesOf = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** What so many free bytes mean. */
export const diskCheck = (freeBytes: number): HealthCheck => {
  const found = `${Math.floor(freeBytes / 1_048_576).toLocaleString("en")} MiB are free`
  const name = "disk"
  if (freeBytes < freeBytesMin) return { name, status: "fail", found }
  return { name, status: freeBytes < freeBytesLow ? "warn" : "ok", found }
}

/** How a relay does, as a check. */
export const relayCheck = (
  context: string,
  { position, problem, state }: RelayStatus
): HealthCheck => {
  const name = `relay of ${context}`
  switch (state) {
    case "MOVING":
      return { name, status: "ok", found: `has moved events up to position ${position ?? 0}` }
    case "STANDING_BY":
      return { name, status: "ok", found: "another process moves the events" }
    case "RETRYING":
      return { name, status: "warn", found: `is trying again: ${inFlags(problem ?? "it failed")}` }
    case "STOPPED":
      return { name, status: "warn", found: `has stopped: ${inFlags(problem ?? "it failed")}` }
  }
}

const ofDisk = (folder: string): Effect.Effect<HealthCheck> =>
  Effect.match(
    Effect.tryPromise(() => freeBytesOf(folder)),
    {
      onSuccess: diskCheck,
      onFailure: () => ({ name: "disk", status: "warn", found: "what is free cannot be read" })
    }
  )

/** The checks of a server. */
export const healthChecksOf = (
  place: DatabasePlace,
  { relays }: ServerLife
): Effect.Effect<ReadonlyArray<HealthCheck>> =>
  Effect.gen(function* () {
    const disk = place._tag === "Folder" ? [yield* ofDisk(place.folder)] : []
    const moving = yield* Effect.forEach(relays, ([context, status]) =>
      Effect.map(status, (now) => relayCheck(context, now))
    )
    return [...disk, ...moving]
  })
