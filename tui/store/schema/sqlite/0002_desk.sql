-- The desk around the inbox: accounts and who serves them, agents and what they leave behind.

create table accounts (
  name           text   primary key,
  health         text   not null default 'unknown',
  line           text   not null default '',
  retry_at       bigint,
  ok_at          bigint,
  event_at       bigint,
  latency_ms     integer not null default 0,
  balance        text   not null default '',
  balance_at     bigint not null default 0,
  holder         text   not null default '',
  reply_cursor   text   not null default '',
  receipt_cursor text   not null default ''
);

create table leases (
  name       text    primary key,
  owner      text    not null,
  preferred  integer not null,
  expires_at bigint  not null
);

create table processes (                          -- who may still be sending what it has claimed
  owner   text   primary key,
  agent   text   not null,
  kind    text   not null,
  seen_at bigint not null
);

create table drafts (
  conversation_id bigint not null references conversations (id),
  agent           text   not null,
  body            text   not null,
  account         text   not null default '',
  sender          text   not null default '',
  began_at        bigint not null,
  updated_at      bigint not null,
  primary key (conversation_id, agent)
);
create index drafts_by_agent on drafts (agent, updated_at);

create table looks (                              -- the newest message each agent has seen
  conversation_id bigint not null references conversations (id),
  agent           text   not null,
  message_id      bigint not null,
  primary key (conversation_id, agent)
);

create table presence (
  owner           text    primary key,
  agent           text    not null,
  conversation_id bigint  not null,
  typing          integer not null,
  seen_at         bigint  not null
);
create index presence_by_conversation on presence (conversation_id);

create table conversation_labels (
  label           text   not null,
  conversation_id bigint not null references conversations (id),
  primary key (label, conversation_id)
);
create index labels_by_conversation on conversation_labels (conversation_id);

create table contacts (
  party      text   primary key,
  name       text   not null default '',
  note       text   not null default '',
  updated_at bigint not null
);

create table consent (                            -- the newest word on each party; audit has all
  party      text   primary key,
  opted_out  integer not null,
  at         bigint not null,
  agent      text   not null default '',
  source     text   not null,                     -- word, provider, agent
  evidence   text   not null default '',
  message_id bigint
);

create table templates (
  name       text   primary key,
  body       text   not null,
  agent      text   not null default '',
  updated_at bigint not null
);

create table views (
  name    text primary key,
  agent   text not null default '',
  content text not null                           -- JSON
);

create table audit (
  id              integer primary key,
  at              bigint not null,
  agent           text   not null,
  action          text   not null,
  conversation_id bigint not null default 0,
  message_id      bigint not null default 0,
  detail          text   not null default ''
);
create index audit_by_conversation on audit (conversation_id, id);
