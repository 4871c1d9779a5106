-- Rules: what they are, the texts that they have yet to judge, and what they did.

create table rules (
  id         bigint primary key,
  position   bigint not null,
  name       string not null unique,
  enabled    bigint not null default 0,
  since      bigint not null default 0,   -- when it was switched on: earlier waits do not count
  content    string not null,             -- conditions, actions and hours as JSON
  problem    string not null default '',  -- why its last answer was not sent; empty: it was, or none was due
  problem_at bigint not null default 0
);
create index rules_enabled on rules (position) where enabled = 1;

create table rule_queue (                 -- texts that no rule has judged yet, written with the texts
  message_id bigint primary key,
  tries      bigint not null default 0,
  next_at    bigint not null default 0    -- not judged again before, after an unexpected error
);

create table rule_timers (                -- waits in which a rule about "no answer" has acted
  rule_id         bigint not null,
  conversation_id bigint not null,
  waiting_since   bigint not null,
  primary key (rule_id, conversation_id)
);
create index rule_timers_by_conversation on rule_timers (conversation_id);

create table rule_hits (                  -- how often a rule matched and answered, by hour
  rule_id  bigint not null,
  hour     bigint not null,               -- hours since 1970
  matched  bigint not null default 0,
  answered bigint not null default 0,
  primary key (rule_id, hour)
);

create table rule_turns (                 -- which member of a team got the last conversation
  team  string primary key,
  agent string not null
);

alter table messages add column rule string not null default '';  -- rule that wrote it; empty: an agent did
alter table messages add column confirms bigint;                  -- the opt-out text whose receipt it confirms
create index messages_automatic on messages (conversation_id, at) where rule <> '';
create unique index messages_confirming on messages (confirms) where confirms is not null;
