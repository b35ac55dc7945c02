/**
 * `holdfast migrate`: brings the tables up to date, makes the partitions and builds the indexes that are due. With
 * `--grants` it does neither, and writes the SQL that lets a role serve and do nothing else; with
 * `--serving-role` it does all three.
 */
import {
  buildCatalogIndexes,
  buildIndexes,
  grantCatalog,
  grantInventory,
  grantKeyUse,
  grantRights,
  migrateAccess,
  migrateCatalog,
  migrate as migrateInventory
} from "@holdfast/adapter-pg/effect"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { type AnswerInput, answer, answering } from "../cli/answering.ts"
import { usageFailure } from "../cli/CommandFailure.ts"
import {
  checkedSchemas,
  contextsOf,
  type Schemas,
  type Service,
  schemaOf,
  serviceFlags
} from "../cli/contextSettings.ts"
import { setting } from "../cli/settings.ts"
import { type OnDatabaseInput, onDatabase, onDatabaseFlags } from "./onDatabase.ts"

const migrations = { inventory: migrateInventory, catalog: migrateCatalog }

const indexing = { inventory: buildIndexes, catalog: buildCatalogIndexes }

const grants = { inventory: grantInventory, catalog: grantCatalog }

const readRole = (text: string) =>
  /^[\p{L}\p{N}_ .$@-]+$/u.test(text) && new TextEncoder().encode(text).length <= 63
    ? { value: text }
    : { mustBe: "the name of a role, of at most 63 bytes" }

const flags = {
  ...onDatabaseFlags,
  ...serviceFlags,
  grants: setting(
    "grants",
    {
      metavar: "<role>",
      description:
        "Change nothing, and write the SQL that lets this role serve and do nothing else",
      read: readRole
    },
    undefined
  ),
  servingRole: setting(
    "serving-role",
    {
      metavar: "<role>",
      description: "Afterwards, let this role serve and do nothing else",
      read: readRole
    },
    undefined
  )
}

interface MigrateInput extends AnswerInput, Schemas {
  readonly service: Service
  readonly servingRole: string | undefined
}

/** What makes a role fit to serve the contexts, each schema's statements by themselves. */
const grantsOf = (input: MigrateInput, role: string) => {
  const contexts = contextsOf(input.service).map((context) => {
    const schema = schemaOf(context, input)
    return { context, schema, statements: grants[context](schema, role) }
  })
  const schema = input.accessSchema
  const access = { context: "access" as const, schema, statements: grantKeyUse(schema, role) }
  return [...contexts, access]
}

/** Writes the script for a role; it needs no database. */
const writeGrants = (input: MigrateInput, role: string) =>
  answering(
    input,
    Effect.gen(function* () {
      yield* checkedSchemas(input)
      const schemas = grantsOf(input, role)
      yield* answer(input, { role, schemas }, [
        "-- Run this as the owner of the tables, after holdfast migrate, and again after an upgrade.",
        "-- Then start servers as the role, with --no-migrate. Of an owner or a superuser it takes nothing.",
        "begin;",
        ...schemas.flatMap(({ statements }) => statements),
        "commit;"
      ])
    })
  )

const migrateHere = (input: OnDatabaseInput & MigrateInput) =>
  onDatabase(
    input,
    (place) =>
      Effect.gen(function* () {
        const contexts = yield* Effect.forEach(
          contextsOf(input.service),
          Effect.fnUntraced(function* (context) {
            const schema = schemaOf(context, input)
            const applied = yield* migrations[context](schema)
            return { context, schema, ...applied, indexes: yield* indexing[context](schema) }
          })
        )
        const schemas = [
          ...contexts,
          {
            context: "access" as const,
            schema: input.accessSchema,
            migrations: yield* migrateAccess(input.accessSchema),
            partitions: [],
            indexes: []
          }
        ]
        const role = input.servingRole
        if (role !== undefined) {
          yield* grantRights(grantsOf(input, role).flatMap(({ statements }) => statements))
        }
        yield* answer(
          input,
          { database: place, schemas, ...(role === undefined ? {} : { role }) },
          [
            ...schemas.flatMap(({ indexes, migrations, partitions, schema }) => {
              const isDone = migrations.length + partitions.length + indexes.length === 0
              return [
                ...migrations.map(({ id, name }) => `applied migration ${id} ${name}`),
                ...partitions.map((name) => `made partition ${name}`),
                ...indexes.map((name) => `built index ${name}`),
                `schema ${schema} of ${place} ${isDone ? "was up to date already" : "is up to date"}`
              ]
            }),
            ...(role === undefined ? [] : [`${role} may serve, and do nothing else`])
          ]
        )
      }),
    { mayMake: true }
  )

/** Needs the right to create in the database; every other command can do without. */
export const migrate = Command.make("migrate", flags, (input) =>
  input.grants !== undefined && input.servingRole !== undefined
    ? answering(input, usageFailure("--grants and --serving-role: give one of them"))
    : input.grants === undefined
      ? migrateHere(input)
      : writeGrants(input, input.grants)
).pipe(
  Command.withDescription("Bring the tables up to date and make the partitions that are due"),
  Command.withExamples([
    {
      command: "HOLDFAST_DATABASE=postgres://owner:password@db/shop holdfast migrate",
      description: "On a server"
    },
    {
      command: "holdfast migrate --grants shop_server | psql postgres://owner@db/shop",
      description: "What the role of a server may do"
    }
  ])
)
