-- Who receives pushes, what answers a self-test, which account has no credit, and what each does unusually.

create table listeners (                          -- every process that receives, or received, an account's pushes
  account text    not null,
  owner   text    not null,
  host    text    not null,
  agent   text    not null,
  kind    text    not null,                       -- desk, service
  address text    not null,
  since   bigint  not null,
  seen_at bigint  not null,
  ended   integer not null default 0,             -- it stopped in good order
  primary key (account, owner)
);

create table probes (                             -- self-tests of `smsdesk doctor` that came back by the listener
  nonce   text   primary key,
  account text   not null,
  at      bigint not null
);

alter table accounts add column push_at bigint;                             -- when a provider last pushed anything
alter table accounts add column credit_out_at bigint not null default 0;    -- since when it has no credit; 0: it has
alter table accounts add column credit_reason text not null default '';
alter table accounts add column credit_try_at bigint not null default 0;    -- when one message is tried again
alter table accounts add column credit_tries integer not null default 0;
alter table accounts add column credit_spent real;                          -- balance that is known not to suffice
alter table accounts add column silent_since bigint;                        -- alarm: silent for too long since then
alter table accounts add column stuck_messages integer not null default 0;  -- alarm: so many wait for their receipts
alter table accounts add column stuck_since bigint;
alter table accounts add column receipt_limit_ms bigint not null default 0; -- a receipt is late after this time; 0: not known

create index messages_by_direction on messages (direction, account, at);
