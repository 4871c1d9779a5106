-- One text to many conversations: what was written, who gets it, and what became of each.

create table bulk_texts (
  id         integer primary key,
  agent      text    not null,
  body       text    not null,             -- as it was written, with its {fields}
  created_at bigint  not null,
  starts_at  bigint  not null,             -- nothing is queued before: the time to take it back
  state      text    not null,             -- running, paused, cancelled, done
  pace       integer not null,             -- texts a minute through each account
  night      text    not null,             -- in quiet hours: later, leave_out, anyway
  again      integer not null              -- also to those who got the same text within a day
);

create table bulk_recipients (
  bulk_id         bigint  not null,
  party           text    not null,
  position        integer not null,
  conversation_id bigint  not null,            -- when it was planned; 0 without one
  address         text    not null,
  account         text    not null,
  sender          text    not null,
  body            text    not null,            -- filled for this person; empty once it does not wait any more
  seen_upto       bigint  not null,            -- what had arrived when it was planned
  state           text    not null,            -- waiting, queued, left_out, cancelled
  reason          text    not null,            -- why it was left out, or waits
  send_at         bigint  not null,            -- it is not queued before
  queued_at       bigint  not null,
  message_id      bigint,
  primary key (bulk_id, party)
);
create index bulk_recipients_waiting on bulk_recipients (account, bulk_id, position) where state = 'waiting';
create index bulk_recipients_paced on bulk_recipients (account, queued_at) where state = 'queued';
create index bulk_recipients_by_message on bulk_recipients (message_id) where message_id is not null;
create index bulk_recipients_by_position on bulk_recipients (bulk_id, position);

-- Whether the same text goes to a number twice: texts of a time are found by their id, planned ones by this.
create index messages_planned_texts on messages (conversation_id, scheduled_at)
  where direction = 'out' and scheduled_at is not null;
