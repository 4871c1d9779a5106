-- What was erased has to be overwritten; a text that says how to opt out is sent once; evidence names its inbox.

create table erasures (                    -- without anything of customers
  id           integer primary key,
  at           bigint not null,
  agent        text not null default '',
  scrubbed_at  bigint not null default 0   -- when the free space of the database was overwritten; 0: not yet
);
create index erasures_waiting on erasures (id) where scrubbed_at = 0;

create table inbox_identity (              -- one row, from the first evidence on
  id text primary key
);

alter table conversations add column sentence_id bigint not null default 0;  -- message with the opt-out sentence

-- Reports about messages that are not known, by age.
create index events_loose on events (received_at) where message_id is null;
