-- What sync and agents ask of each other: cancel that message, ask for that receipt then, try again now.

alter table messages add column cancel_wanted integer not null default 0;   -- 1: asked for, 2: refused
alter table messages add column ask_at bigint not null default 0;           -- when to ask for its receipt

drop index messages_pending;
create index messages_pending on messages (account, at)
  where status in ('accepted', 'submitted', 'uncertain', 'scheduled');
create index messages_askable on messages (account, ask_at)
  where status in ('accepted', 'submitted', 'uncertain', 'scheduled');
create index messages_scheduled on messages (account) where status = 'scheduled';

alter table accounts add column poked_at bigint not null default 0;         -- when someone said: try again now
