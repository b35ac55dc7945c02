-- The schema as the tests find it in the catalogs, on every server version alike.
-- Rewritten by: UPDATE_GOLDEN=1 vitest run packages/adapter-pg/test/schema.integration.test.ts

table api_keys with (fillfactor=80)
  key_id uuid not null
  name character varying(100) not null
  hash character varying(64) collate "C" not null
  scopes text[] not null
  created_at timestamp with time zone not null
  expires_at timestamp with time zone
  revoked_at timestamp with time zone
  last_used_at timestamp with time zone

table migrations
  id bigint not null
  name text not null
  checksum text not null
  applied_at timestamp with time zone not null default clock_timestamp()

constraints of api_keys
  api_keys_hash_check CHECK (((hash)::text ~ '^[0-9a-f]{64}$'::text))
  api_keys_hash_key UNIQUE (hash)
  api_keys_pkey PRIMARY KEY (key_id)
  api_keys_scopes_check CHECK ((cardinality(scopes) > 0))

constraints of migrations
  migrations_pkey PRIMARY KEY (id)

indexes of api_keys
  CREATE INDEX api_keys_created_at ON api_keys USING btree (created_at)
  CREATE UNIQUE INDEX api_keys_hash_key ON api_keys USING btree (hash)
  CREATE UNIQUE INDEX api_keys_pkey ON api_keys USING btree (key_id)

indexes of migrations
  CREATE UNIQUE INDEX migrations_pkey ON migrations USING btree (id)
