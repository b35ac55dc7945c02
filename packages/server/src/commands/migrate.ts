/** `holdfast migrate`: brings the tables up to date and makes the partitions that are due. */
import {
  migrateAccess,
  migrateCatalog,
  migrate as migrateInventory
} from "@holdfast/adapter-pg/effect"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answer } from "../cli/answering.ts"
import { contextsOf, schemaOf, serviceFlags } from "../cli/contextSettings.ts"
import { onDatabase, onDatabaseFlags } from "./onDatabase.ts"

const migrations = { inventory: migrateInventory, catalog: migrateCatalog }

/** Needs the right to create in the database; every other command can do without. */
export const migrate = Command.make("migrate", { ...onDatabaseFlags, ...serviceFlags }, (input) =>
  onDatabase(
    input,
    (place) =>
      Effect.gen(function* () {
        const contexts = yield* Effect.forEach(
          contextsOf(input.service),
          Effect.fnUntraced(function* (context) {
            const schema = schemaOf(context, input)
            return { context, schema, ...(yield* migrations[context](schema)) }
          })
        )
        const schemas = [
          ...contexts,
          {
            context: "access" as const,
            schema: input.accessSchema,
            migrations: yield* migrateAccess(input.accessSchema),
            partitions: []
          }
        ]
        yield* answer(
          input,
          { database: place, schemas },
          schemas.flatMap(({ migrations, partitions, schema }) => {
            const isDone = migrations.length === 0 && partitions.length === 0
            return [
              ...migrations.map(({ id, name }) => `applied migration ${id} ${name}`),
              ...partitions.map((name) => `made partition ${name}`),
              `schema ${schema} of ${place} ${isDone ? "was up to date already" : "is up to date"}`
            ]
          })
        )
      }),
    { mayMake: true }
  )
).pipe(
  Command.withDescription("Bring the tables up to date and make the partitions that are due"),
  Command.withExamples([
    {
      command: "HOLDFAST_DATABASE=postgres://owner:password@db/shop holdfast migrate",
      description: "On a server"
    }
  ])
)
