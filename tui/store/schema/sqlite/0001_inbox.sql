-- The inbox: conversations, their messages, and every event a provider ever told.

create table conversations (
  id             integer primary key,
  party          text    not null unique,
  address        text    not null,
  name           text    not null default '',
  folded         text    not null default '',   -- name and address for the list's filter
  state          text    not null default 'open' check (state in ('open', 'snoozed', 'closed')),
  snoozed_until  bigint,
  assignee       text    not null default '',
  starred        integer not null default 0,
  labels         text    not null default '',   -- sorted, one per line; the truth is conversation_labels
  unread         integer not null default 0,
  waiting_since  bigint,
  failed         integer not null default 0,
  last_id        bigint  not null default 0,
  last_at        bigint  not null default 0,
  last_direction text    not null default '',
  last_status    text    not null default '',
  preview        text    not null default '',
  account        text    not null default '',
  own            text    not null default '',
  opted_out      integer not null default 0,
  rank           bigint  not null default 0
);
create index conversations_by_rank on conversations (state, rank, id);
create index conversations_by_time on conversations (state, last_at desc, id);
create index conversations_by_assignee on conversations (assignee, state, rank, id);
create index conversations_failed on conversations (rank, id) where failed > 0;
create index conversations_starred on conversations (rank, id) where starred > 0;
create index conversations_due on conversations (snoozed_until) where state = 'snoozed';

create table messages (
  id              integer primary key,          -- grows with time: the order of a conversation
  conversation_id bigint  not null references conversations (id),
  direction       text    not null check (direction in ('in', 'out', 'note')),
  status          text    not null default '',
  account         text    not null,
  body            text    not null,
  at              bigint  not null,
  sender          text    not null default '',
  agent           text    not null default '',
  provider_id     text    not null default '',
  provider_key    text    not null default '',  -- the id as it is compared
  word            text    not null default '',
  code            text    not null default '',
  reason          text    not null default '',
  status_at       bigint  not null default 0,
  scheduled_at    bigint,
  hold_until      bigint  not null default 0,
  next_try_at     bigint  not null default 0,
  attempts        integer not null default 0,
  claimed_by      text    not null default '',
  asked_at        bigint  not null default 0,   -- when its receipt was last asked for
  asks            integer not null default 0,
  parts           integer not null default 0,
  price           text    not null default '',
  format          text    not null default 'SMS',
  subject         text    not null default '',
  media           text    not null default '[]',
  retry_of        bigint,
  contradicted    integer not null default 0,
  handled         integer not null default 0,   -- an agent has dealt with its failure
  suspected       integer not null default 0,   -- may ask in plain words to be left alone
  attachments     integer not null default 0
);
create index messages_by_conversation on messages (conversation_id, id);
create index messages_by_provider_key on messages (account, provider_key) where provider_key <> '';
create index messages_outbox on messages (account, next_try_at) where status = 'queued';
create index messages_claimed on messages (claimed_by) where status = 'sending';
create index messages_pending on messages (account, asked_at)
  where status in ('accepted', 'submitted', 'uncertain', 'scheduled');

create table attachments (
  id           integer primary key,
  message_id   bigint  not null references messages (id),
  name         text    not null,
  content_type text    not null,
  size         integer not null,
  data         blob    not null
);
create index attachments_by_message on attachments (message_id);

create table events (                            -- everything a provider told, raw, for ever
  id           integer primary key,
  account      text    not null,
  kind         text    not null,
  event_id     text    not null,
  received_at  bigint  not null,
  at           bigint,
  message_id   bigint,                           -- null: about a message that we do not (yet) know
  provider_key text    not null default '',
  status       text    not null default '',
  word         text    not null default '',
  code         text    not null default '',
  reason       text    not null default '',
  moved        integer not null default 0,       -- whether it changed the message's status
  problem      text    not null default '',      -- set: put aside because it could not be used
  raw          text    not null,
  unique (account, kind, event_id)
);
create index events_by_message on events (message_id) where message_id is not null;
create index events_waiting on events (account, provider_key)
  where message_id is null and kind = 'receipt';
create index events_aside on events (id) where problem <> '';

create virtual table messages_fts using fts5 (
  body, content = '', prefix = '2 3', tokenize = "unicode61 remove_diacritics 0"
);

create table counters (
  name  text   primary key,
  value bigint not null
);

create table changes (
  seq             integer primary key,
  subject         text   not null,
  id              bigint not null,
  conversation_id bigint not null,
  new             integer not null default 0
);
