-- What messages are about, as vectors (src/domain/embedding.ts): a byte for each dimension. Vectors of one space alone are
-- compared; message ids are in the order of their receipt, so that the newest are read by the index.
create table message_embeddings (
  organization_id uuid not null,
  message_id uuid not null references messages on delete cascade,
  -- By the endpoint of a provider; false: made in this process, which every message has.
  by_provider boolean not null default false,
  space text not null check (length(space) between 1 and 200),
  vector bytea not null check (length(vector) between 1 and 8192),
  primary key (message_id, by_provider)
);
create index on message_embeddings (organization_id, space, message_id desc);
-- Random bytes: compressing them costs time and saves nothing.
alter table message_embeddings alter column vector set storage plain;

alter table message_embeddings enable row level security;
create policy organization on message_embeddings to everpost_app
  using (organization_id = (select current_organization()))
  with check (organization_id = (select current_organization()));
-- The end of the quarantine's retention; what a message is about it never reads.
create policy system on message_embeddings to everpost_system using (true) with check (true);
grant select, insert, update, delete on message_embeddings to everpost_app;
grant select (message_id), delete on message_embeddings to everpost_system;
