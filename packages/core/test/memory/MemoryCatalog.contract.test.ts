import * as Clock from "effect/Clock"
import * as Layer from "effect/Layer"
import { MemoryCatalog } from "../../src/catalog.ts"
import { catalogLogContract } from "../../src/testing/CatalogLogContract.ts"
import { catalogStoreContract } from "../../src/testing/CatalogStoreContract.ts"
import { catalogStoryContract } from "../../src/testing/catalog/story/catalogStoryContract.ts"

catalogStoreContract("the in-memory catalog", ({ clock }) =>
  Layer.provide(MemoryCatalog.layer, Layer.succeed(Clock.Clock, clock))
)

catalogLogContract("the log of the catalog in memory", ({ clock }) =>
  Layer.provide(MemoryCatalog.layer, Layer.succeed(Clock.Clock, clock))
)

catalogStoryContract(
  "the in-memory catalog",
  ({ clock }) => Layer.provide(MemoryCatalog.layer, Layer.succeed(Clock.Clock, clock)),
  { stories: 40 }
)
