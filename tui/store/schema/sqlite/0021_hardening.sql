-- What was written in the future is over: the clock was set back. An opt-out reaches every form of a number.

alter table messages add column paused_at bigint not null default 0;  -- when `next_try_at` was written
alter table leases add column renewed_at bigint not null default 0;   -- when `expires_at` was written
update leases set renewed_at = expires_at - 8000;

create index messages_asked on messages (account, asked_at)
  where status in ('accepted', 'submitted', 'uncertain', 'scheduled');

-- A customer may write from a number without its country code, which has the same last digits.
create index conversations_by_ending on conversations (substr(party, -7));
create index messages_planned on messages (account, scheduled_at)
  where status in ('accepted', 'submitted', 'uncertain', 'scheduled') and scheduled_at is not null;
