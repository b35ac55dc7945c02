import {
  catalogLogContract,
  catalogStoreContract,
  catalogStoryContract
} from "@holdfast/core/testing"
import * as Layer from "effect/Layer"
import { layerCatalogMigrations, layerCatalogStorage } from "../../src/effect.ts"
import { freshPglite } from "../engines.ts"

const name = "the catalog on PGlite"
const catalog = ({ now }: Parameters<Parameters<typeof catalogStoreContract>[1]>[0]) =>
  layerCatalogStorage({ now }).pipe(
    Layer.provide(layerCatalogMigrations()),
    Layer.provide(freshPglite)
  )

catalogStoreContract(name, catalog)
catalogLogContract(`the log of ${name}`, catalog)
catalogStoryContract(name, catalog, { stories: 3 })
