-- name: start_credit_wait(name, reason, now, try_at)!
insert into accounts (name, credit_out_at, credit_reason, credit_try_at, credit_tries)
values (:name, :now, :reason, :try_at, 1)
on conflict (name) do update set
  credit_out_at = case when accounts.credit_out_at > 0 then accounts.credit_out_at else excluded.credit_out_at end,
  credit_reason = excluded.credit_reason, credit_try_at = excluded.credit_try_at,
  credit_tries = accounts.credit_tries + 1;

-- name: end_credit_wait(name, spent)!
update accounts set credit_out_at = 0, credit_reason = '', credit_try_at = 0, credit_tries = 0, credit_spent = :spent
where name = :name and (credit_out_at > 0 or coalesce(credit_spent, -1e300) <> coalesce(:spent, -1e300));

-- name: unexplained(account, reason, now)$
select 1 from messages where account = :account and status = 'queued' and reason <> :reason
  and coalesce(scheduled_at, 0) <= :now limit 1;

-- name: explain_waiting(account, reason, now)
update messages set reason = :reason where account = :account and status = 'queued' and reason <> :reason
  and coalesce(scheduled_at, 0) <= :now
returning id, conversation_id;

-- From each reply on, one look at the index finds the first one of a later slot of ten minutes.
-- name: reply_slots(account, since)
with recursive active (at) as (
  select min(at) from messages indexed by messages_by_direction
  where direction = 'in' and account = :account and at >= :since
  union all
  select (
    select min(m.at) from messages m indexed by messages_by_direction
    where m.direction = 'in' and m.account = :account and m.at >= (active.at / 600000 + 1) * 600000)
  from active where active.at is not null
)
select at / 600000 as slot from active where at is not null;

-- name: newest_sent(account, since, until, limit)
select at, status, status_at, scheduled_at, hold_until from messages indexed by messages_by_direction
where account = :account and direction = 'out' and at between :since and :until
order by at desc limit :limit;

-- name: stuck(account, since, until, limit)^
select count(*) as messages, min(at) as oldest from (
  select at from messages indexed by messages_pending
  where account = :account and status in ('accepted', 'submitted', 'uncertain', 'scheduled')
    and at between :since and :until and status <> 'uncertain' and status <> 'scheduled'
  order by at limit :limit
) found;

-- name: save_alarms(name, silent_since, stuck_messages, stuck_since, receipt_limit_ms)!
insert into accounts (name, silent_since, stuck_messages, stuck_since, receipt_limit_ms)
values (:name, :silent_since, :stuck_messages, :stuck_since, :receipt_limit_ms)
on conflict (name) do update set silent_since = excluded.silent_since, stuck_messages = excluded.stuck_messages,
  stuck_since = excluded.stuck_since, receipt_limit_ms = excluded.receipt_limit_ms;

-- name: last_reply(account)$
select max(at) from messages indexed by messages_by_direction where account = :account and direction = 'in';
