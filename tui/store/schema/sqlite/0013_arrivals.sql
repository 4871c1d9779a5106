-- Everything that reached an account, as it came; what could not be used is held until someone decides.

create table arrivals (
  id           integer primary key,
  account      text    not null,
  channel      text    not null check (channel in ('push', 'poll')),
  source       text    not null default 'reply',   -- kind of polled page
  digest       text    not null,                   -- the same for the same content
  method       text    not null default '',
  target       text    not null default '',        -- without the account's secret
  tail         text    not null default '',
  query        text    not null default '[]',      -- JSON
  headers      text    not null default '{}',      -- JSON
  http_version text    not null default '1.1',
  body         blob    not null,
  size         integer not null,                   -- of the body as it came
  state        text    not null check (state in ('read', 'held', 'retaken', 'dismissed')),
  cause        text    not null default '',
  reason       text    not null default '',
  received_at  bigint  not null,
  last_at      bigint  not null,
  repeats      integer not null default 0,
  done_at      bigint  not null default 0,
  done_by      text    not null default '',
  unique (account, digest)
);
create index arrivals_held on arrivals (account, id) where state = 'held';
create index arrivals_kept on arrivals (account, state) where state <> 'read';
create index arrivals_by_state on arrivals (state, last_at);

create table refusals (
  account text    not null,
  refusal text    not null,
  count   integer not null,
  last_at bigint  not null,
  primary key (account, refusal)
);

insert into arrivals (account, channel, digest, body, size, state, cause, reason, received_at, last_at)
select account, 'poll', 'event ' || id, cast(raw as blob), length(cast(raw as blob)), 'held', 'unreadable', problem,
  received_at, received_at
from events where problem <> '';

delete from events where problem <> '';
