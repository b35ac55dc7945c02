/** The keys of services: the hash of each, what it may do, and until when. */

/** The statements that make the table of keys. */
export const apiKeys = (schema: string): ReadonlyArray<string> => [
  `create table ${schema}.api_keys (
  key_id uuid primary key,
  name varchar(100) not null,
  hash varchar(64) collate "C" not null unique,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  check (hash ~ '^[0-9a-f]{64}$'),
  check (cardinality(scopes) > 0)
) with (fillfactor = 80)`,
  `create index api_keys_created_at on ${schema}.api_keys (created_at)`
]
