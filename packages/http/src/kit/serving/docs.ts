/**
 * The documentation for people at `/docs`: Swagger UI over the OpenAPI document, from this package
 * alone, so that it works offline. It is two megabytes, loaded when somebody first asks for it.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import { HttpSettings } from "../HttpOptions.ts"
import { ServedApi } from "./ServedApi.ts"

const pageAt = Effect.fnUntraced(function* (served: ServedApi["Service"], basePath: string) {
  const router = yield* HttpRouter.make
  const page = served.pageAt(basePath)
  yield* Layer.build(Layer.provide(page, Layer.succeed(HttpRouter.HttpRouter, router)))
  return router.asHttpEffect()
})

/** The documentation page. */
export const layerDocs = Layer.unwrap(
  Effect.gen(function* () {
    const { basePath } = yield* HttpSettings
    const made = yield* Effect.cached(Effect.scoped(pageAt(yield* ServedApi, basePath)))
    return HttpRouter.add("GET", "/docs", Effect.orDie(Effect.flatten(made)))
  })
)
