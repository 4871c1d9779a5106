-- The inbox as of migration 24, for PostgreSQL. The tables are those of SQLite, where their columns are explained.
-- Numbers are `bigint`, and what is true or false is 1 or 0.

create domain string as text collate "C";   -- compared by bytes, as SQLite does

create table meta (
  application text   not null,
  version     bigint not null                -- number of the last migration
);

-- The numbers of the changes come from one row, so that they are seen in their order and without holes.
create table feed (last bigint not null);
insert into feed (last) values (0);

create table conversations (
  id               bigint primary key,
  party            string not null unique,
  address          string not null,
  name             string not null default '',
  folded           string not null default '',
  state            string not null default 'open' check (state in ('open', 'snoozed', 'closed')),
  snoozed_until    bigint,
  assignee         string not null default '',
  starred          bigint not null default 0,
  labels           string not null default '',
  unread           bigint not null default 0,
  waiting_since    bigint,
  failed           bigint not null default 0,
  last_id          bigint not null default 0,
  last_at          bigint not null default 0,
  last_direction   string not null default '',
  last_status      string not null default '',
  preview          string not null default '',
  account          string not null default '',
  own              string not null default '',
  opted_out        bigint not null default 0,
  rank             bigint not null default 0,
  unanswered_since bigint,
  last_format      string not null default 'SMS',
  suspected        bigint not null default 0,
  other_addresses  string not null default '',
  last_arrival     bigint not null default 0
);
create index conversations_by_assignee on conversations (assignee, state, rank, id);
create index conversations_failed on conversations (rank, id) where failed > 0;
create index conversations_starred on conversations (rank, id) where starred > 0;
create index conversations_due on conversations (snoozed_until) where state = 'snoozed';
create index conversations_by_rank on conversations (state, rank, id);
create index conversations_by_time on conversations (state, last_at desc, id);
create index conversations_by_ending on conversations (right(party, 7));

create table messages (
  id              bigint primary key,
  conversation_id bigint not null references conversations (id) deferrable,
  direction       string not null check (direction in ('in', 'out', 'note')),
  status          string not null default '',
  account         string not null,
  body            string not null,
  at              bigint not null,
  sender          string not null default '',
  agent           string not null default '',
  provider_id     string not null default '',
  provider_key    string not null default '',
  word            string not null default '',
  code            string not null default '',
  reason          string not null default '',
  status_at       bigint not null default 0,
  scheduled_at    bigint,
  hold_until      bigint not null default 0,
  next_try_at     bigint not null default 0,
  attempts        bigint not null default 0,
  claimed_by      string not null default '',
  asked_at        bigint not null default 0,
  asks            bigint not null default 0,
  parts           bigint not null default 0,
  price           string not null default '',
  format          string not null default 'SMS',
  subject         string not null default '',
  media           string not null default '[]',
  retry_of        bigint,
  contradicted    bigint not null default 0,
  handled         bigint not null default 0,
  suspected       bigint not null default 0,
  attachments     bigint not null default 0,
  cancel_wanted   bigint not null default 0,
  ask_at          bigint not null default 0,
  advice          string not null default '',
  cancel_on_reply bigint not null default 0,
  recipient       string not null default '',
  origin          bigint not null default 0,
  arrived_at      bigint,
  arrival         bigint,
  files           string not null default '',
  options         string not null default '{}',
  paused_at       bigint not null default 0
);
create index messages_by_conversation on messages (conversation_id, id);
create index messages_by_provider_key on messages (account, provider_key) where provider_key <> '';
create index messages_outbox on messages (account, next_try_at) where status = 'queued';
create index messages_claimed on messages (claimed_by) where status = 'sending';
create index messages_pending on messages (account, at) where status in ('accepted', 'submitted', 'uncertain', 'scheduled');
create index messages_askable on messages (account, ask_at) where status in ('accepted', 'submitted', 'uncertain', 'scheduled');
create index messages_scheduled on messages (account) where status = 'scheduled';
create index messages_trouble on messages (at) where handled = 0 and status in ('failed', 'rejected', 'expired', 'uncertain');
create index messages_suspected on messages (conversation_id, id) where suspected = 1;
create index messages_until_reply on messages (conversation_id) where cancel_on_reply = 1 and status in ('queued', 'scheduled');
create index messages_by_direction on messages (direction, account, at);
create index messages_by_arrival on messages (conversation_id, arrival) where arrival is not null;
create index messages_asked on messages (account, asked_at) where status in ('accepted', 'submitted', 'uncertain', 'scheduled');
create index messages_planned on messages (account, scheduled_at) where status in ('accepted', 'submitted', 'uncertain', 'scheduled') and scheduled_at is not null;

create table attachments (
  id           bigint generated by default as identity primary key,
  message_id   bigint not null references messages (id) deferrable,
  name         string not null,
  content_type string not null,
  size         bigint not null,
  data         bytea not null
);
create index attachments_by_message on attachments (message_id);

create table events (
  id           bigint generated by default as identity primary key,
  account      string not null,
  kind         string not null,
  event_id     string not null,
  received_at  bigint not null,
  at           bigint,
  message_id   bigint,
  provider_key string not null default '',
  status       string not null default '',
  word         string not null default '',
  code         string not null default '',
  reason       string not null default '',
  moved        bigint not null default 0,
  problem      string not null default '',
  raw          string not null,
  parts        bigint not null default 0,
  price        string not null default '',
  opted_out    bigint not null default 0,
  advice       string not null default '',
  own          string,
  digest       string not null default '',
  copy         string not null default '' check (copy in ('', 'repeated', 'completed', 'reused')),
  unique (account, kind, event_id)
);
create index events_by_message on events (message_id) where message_id is not null;
create index events_waiting on events (account, provider_key) where message_id is null and kind = 'receipt';

create table counters (
  name  string primary key,
  value bigint not null
);

create table changes (
  seq             bigint primary key,
  subject         string not null,
  id              bigint not null,
  conversation_id bigint not null,
  new             bigint not null default 0
);

create table accounts (
  name             string primary key,
  health           string not null default 'unknown',
  line             string not null default '',
  retry_at         bigint,
  ok_at            bigint,
  event_at         bigint,
  latency_ms       bigint not null default 0,
  balance          string not null default '',
  balance_at       bigint not null default 0,
  holder           string not null default '',
  reply_cursor     string not null default '',
  receipt_cursor   string not null default '',
  poked_at         bigint not null default 0,
  balance_amount   double precision,
  push_at          bigint,
  credit_out_at    bigint not null default 0,
  credit_reason    string not null default '',
  credit_try_at    bigint not null default 0,
  credit_tries     bigint not null default 0,
  credit_spent     double precision,
  silent_since     bigint,
  stuck_messages   bigint not null default 0,
  stuck_since      bigint,
  receipt_limit_ms bigint not null default 0
);

create table leases (
  name       string primary key,
  owner      string not null,
  preferred  bigint not null,
  expires_at bigint not null,
  renewed_at bigint not null default 0
);

create table processes (
  owner   string primary key,
  agent   string not null,
  kind    string not null,
  seen_at bigint not null
);

create table drafts (
  conversation_id bigint not null references conversations (id) deferrable,
  agent           string not null,
  body            string not null,
  account         string not null default '',
  sender          string not null default '',
  began_at        bigint not null,
  updated_at      bigint not null,
  media           string not null default '[]',
  subject         string not null default '',
  send_at         bigint,
  cancel_on_reply bigint not null default 0,
  primary key (conversation_id, agent)
);
create index drafts_by_agent on drafts (agent, updated_at);

create table looks (
  conversation_id bigint not null references conversations (id) deferrable,
  agent           string not null,
  message_id      bigint not null,
  primary key (conversation_id, agent)
);

create table presence (
  owner           string primary key,
  agent           string not null,
  conversation_id bigint not null,
  typing          bigint not null,
  seen_at         bigint not null
);
create index presence_by_conversation on presence (conversation_id);

create table conversation_labels (
  label           string not null,
  conversation_id bigint not null references conversations (id) deferrable,
  primary key (label, conversation_id)
);
create index labels_by_conversation on conversation_labels (conversation_id);

create table contacts (
  party      string primary key,
  name       string not null default '',
  note       string not null default '',
  updated_at bigint not null
);

create table consent (
  party      string primary key,
  opted_out  bigint not null,
  at         bigint not null,
  agent      string not null default '',
  source     string not null,
  evidence   string not null default '',
  message_id bigint
);

create table templates (
  name       string primary key,
  body       string not null,
  agent      string not null default '',
  updated_at bigint not null,
  uses       bigint not null default 0
);

create table views (
  name    string primary key,
  agent   string not null default '',
  content string not null
);

create table audit (
  id              bigint primary key,
  at              bigint not null,
  agent           string not null,
  action          string not null,
  conversation_id bigint not null default 0,
  message_id      bigint not null default 0,
  detail          string not null default ''
);
create index audit_by_conversation on audit (conversation_id, id);

create table template_values (
  name  string primary key,
  value string not null
);

create table note_drafts (
  conversation_id bigint not null references conversations (id) deferrable,
  agent           string not null,
  body            string not null,
  updated_at      bigint not null,
  primary key (conversation_id, agent)
);

create table mentions (
  agent           string not null,
  message_id      bigint not null,
  conversation_id bigint not null references conversations (id) deferrable,
  primary key (agent, message_id)
);
create index mentions_by_conversation on mentions (agent, conversation_id, message_id);

create table compose_locks (
  conversation_id bigint primary key references conversations (id) deferrable,
  agent           string not null,
  owner           string not null,
  seen_at         bigint not null
);

create table agents (
  name    string primary key,
  seen_at bigint not null
);

create table arrivals (
  id           bigint generated by default as identity primary key,
  account      string not null,
  channel      string not null check (channel in ('push', 'poll')),
  source       string not null default 'reply',
  digest       string not null,
  method       string not null default '',
  target       string not null default '',
  tail         string not null default '',
  query        string not null default '[]',
  headers      string not null default '{}',
  http_version string not null default '1.1',
  body         bytea not null,
  size         bigint not null,
  state        string not null check (state in ('read', 'held', 'retaken', 'dismissed')),
  cause        string not null default '',
  reason       string not null default '',
  received_at  bigint not null,
  last_at      bigint not null,
  repeats      bigint not null default 0,
  done_at      bigint not null default 0,
  done_by      string not null default '',
  unique (account, digest)
);
create index arrivals_held on arrivals (account, id) where state = 'held';
create index arrivals_kept on arrivals (account, state) where state <> 'read';
create index arrivals_by_state on arrivals (state, last_at);

create table refusals (
  account string not null,
  refusal string not null,
  count   bigint not null,
  last_at bigint not null,
  primary key (account, refusal)
);

create table aliases (
  party           string primary key,
  address         string not null,
  conversation_id bigint not null references conversations (id) deferrable
);
create index aliases_by_conversation on aliases (conversation_id);

create table redirects (
  old_id          bigint primary key,
  conversation_id bigint not null references conversations (id) deferrable
);
create index redirects_by_conversation on redirects (conversation_id);

create table merges (
  id        bigint generated by default as identity primary key,
  at        bigint not null,
  agent     string not null,
  kept_id   bigint not null,
  gone_id   bigint not null,
  before    string not null,
  undone_at bigint not null default 0
);

create table merged_drafts (
  old_id bigint not null,
  agent  string not null,
  kind   string not null check (kind in ('reply', 'note')),
  body   string not null,
  primary key (old_id, agent, kind)
);

create table listeners (
  account             string not null,
  owner               string not null,
  host                string not null,
  agent               string not null,
  kind                string not null,
  address             string not null,
  since               bigint not null,
  seen_at             bigint not null,
  ended               bigint not null default 0,
  full_since          bigint not null default 0,
  full_until          bigint not null default 0,
  full_closed         bigint not null default 0,
  full_address        string not null default '',
  full_address_closed bigint not null default 0,
  primary key (account, owner)
);

create table probes (
  nonce   string primary key,
  account string not null,
  at      bigint not null
);

-- The search: a row for each text, in partitions by time, so that the newest are looked through first.
create table messages_fts (
  id    bigint   not null,
  terms tsvector not null,
  primary key (id)
) partition by range (id);
-- What is not in order yet is looked through by every search: little of it is kept.
create index messages_fts_terms on messages_fts using gin (terms) with (gin_pending_list_limit = 256);
create table messages_fts_other partition of messages_fts default;
create table search_partitions (               -- one for each month: see tui/store/postgres/server_schema.py
  first_id bigint primary key,
  end_id   bigint not null                     -- the first id after it
);

-- Returns the terms of a text with their places. They are separated as in SQLite's index: by all of ASCII that is no
-- letter and no digit.
create function to_terms(body text) returns tsvector language sql immutable as $$
  select coalesce(cast(string_agg(quote_literal(left(term, 500)) || ':' || least(place, 16383), ' ') as tsvector), '')
  from (
    select term, row_number() over (order by number) as place
    from regexp_split_to_table(body, '[^0-9A-Za-z\u0080-\U0010ffff]+') with ordinality as split (term, number)
    where term <> ''
  ) places
$$;

-- What SQLite has and the queries of both engines use.
create function instr(whole text, part text) returns bigint language sql immutable as $$
  select cast(strpos(whole, part) as bigint)
$$;
