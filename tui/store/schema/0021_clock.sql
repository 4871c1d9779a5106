-- When a pause or a lease was written: if that is in the future, the clock was set back and it is over.

alter table messages add column paused_at bigint not null default 0;  -- when `next_try_at` was written
alter table leases add column renewed_at bigint not null default 0;   -- when `expires_at` was written
update leases set renewed_at = expires_at - 8000;

create index messages_asked on messages (account, asked_at)
  where status in ('accepted', 'submitted', 'uncertain', 'scheduled');
