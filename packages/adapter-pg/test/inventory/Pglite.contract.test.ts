import { stockStoreContract } from "@holdfast/core/testing"
import * as Layer from "effect/Layer"
import { layerMigrations, layerPglite, layerStorage } from "../../src/effect.ts"

stockStoreContract("the store on PGlite", ({ now }) =>
  Layer.provide(
    Layer.provide(layerStorage({ now }), layerMigrations()),
    layerPglite({ memory: true })
  )
)
