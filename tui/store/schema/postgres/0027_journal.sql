-- What happened, one row for each change, for programs that follow; and what was delivered to hooks and webhooks.

create table journal (
  id              bigint primary key,      -- grows by one in the order of the commits; the newest row is never deleted
  at              bigint not null,         -- when it was stored, ms UTC
  kind            string not null,         -- reply, queued, status, note, conversation, opt_out, held, alarm, hook, ...
  conversation_id bigint not null default 0,
  message_id      bigint not null default 0,
  agent           string not null default '',  -- who did it; empty: no agent
  detail          string not null default ''   -- JSON of what changed, without any text of a customer
);

create table event_targets (               -- each hook and webhook
  name            string primary key,      -- "hook reply", "webhook crm"
  position        bigint not null,         -- id of the last event that was begun (hook) or delivered (webhook)
  owner           string not null default '',  -- process that delivers the next event now
  claimed_until   bigint not null default 0,
  attempts        bigint  not null default 0,  -- failed ones of the event after the position
  failing_since   bigint not null default 0,
  next_try_at     bigint not null default 0,
  line            string not null default '',  -- what went wrong last; empty: nothing
  line_at         bigint not null default 0
);

create table event_runs (                  -- commands that run, failed, or were cut off; webhooks that were given up
  target          string not null,
  event_id        bigint not null,
  owner           string not null,         -- process that runs it
  began_at        bigint not null,
  ended_at        bigint not null default 0,   -- 0: it runs
  line            string not null default '',
  primary key (target, event_id)
);

-- The ids come from the row that numbers the changes, so that they become visible in their order.
alter table feed add column events bigint not null default 0;
