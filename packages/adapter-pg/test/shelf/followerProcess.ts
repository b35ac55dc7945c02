/** A process of its own that follows stock until it is killed. */
import { layerSoldOut } from "@holdfast/core/shelf"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerPostgres } from "../../src/effect.ts"
import { joinedOver } from "./twoDatabases.ts"

const [catalogUrl = "", inventoryUrl = ""] = process.argv.slice(2)

const following = Layer.provide(
  layerSoldOut({ owner: "the killed one", leaseMillis: 1_000 }),
  joinedOver(layerPostgres({ url: catalogUrl }), layerPostgres({ url: inventoryUrl }))
)

// Without its parent nobody needs it any more.
process.on("disconnect", () => process.exit(0))
Effect.runPromise(Layer.launch(following)).catch((error) => {
  console.error(error)
  process.exit(1)
})
