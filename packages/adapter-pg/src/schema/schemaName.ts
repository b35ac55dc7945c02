/**
 * The name of the schema that holds the tables, and the error of a schema that cannot be used. Code
 * that makes tables and code that reads them need both.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Why a schema could not be brought up to date; the message says what to do. */
export class MigrationError extends Schema.TaggedError<MigrationError>(
  "@holdfast/adapter-pg/MigrationError"
)("MigrationError", {
  reason: Schema.Literals(["Changed", "Newer", "InUse", "InvalidSchemaName", "Failed"]),
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/** A schema name stands in statements as it is, so it must be a plain identifier. */
export const isSchemaName = (schema: unknown): schema is string =>
  typeof schema === "string" && /^(?!pg_)[a-z_][a-z0-9_]{0,50}$/.test(schema)

/** The name of a schema, or why it is not a valid one. */
export const checkedSchemaName = (schema: string): Effect.Effect<string, MigrationError> =>
  isSchemaName(schema)
    ? Effect.succeed(schema)
    : Effect.fail(
        new MigrationError({
          reason: "InvalidSchemaName",
          message: `the schema name ${JSON.stringify(schema)} must be a lower-case identifier that does not begin with pg_`
        })
      )
