-- What backups need in a database, run once in each as its owner, and again without harm:
--   create role holdfast_backup login replication password '…';      (as a superuser, once in a cluster)
--   psql --set=role=holdfast_backup --file=deploy/backup/setup.sql "postgres://owner:…@host/database"
-- What ended last, a row a kind. The server's metric holdfast_backup_age_seconds and doctor read it; any tool
-- that makes backups may write it.
create schema if not exists holdfast_backups;

create table if not exists holdfast_backups.latest (
  kind text primary key check (kind in ('full', 'incremental', 'verified', 'wal')),
  ended_at timestamptz not null,
  bytes bigint
);

grant usage on schema holdfast_backups to public;
grant select on holdfast_backups.latest to public;
grant insert, update on holdfast_backups.latest to :"role";
