-- A message that arrives late may show that two threads are one. The younger one's messages move to the older one, and
-- its row stays, so that whoever kept its id is led on.

alter table threads add column merged_into uuid references threads (id);
create index on threads (merged_into) where merged_into is not null;
