-- name: claim(owner, account, now, limit)
update messages set status = 'sending', claimed_by = :owner, attempts = attempts + 1, status_at = :now
where id in (
    select id from messages
    where account = :account and status = 'queued' and hold_until <= :now and next_try_at <= :now
    order by id limit :limit
  ) and status = 'queued'
returning *;

-- name: requeue(id, owner, next_try_at, reason)!
update messages set status = 'queued', claimed_by = '', next_try_at = :next_try_at, reason = :reason
where id = :id and status = 'sending' and claimed_by = :owner;

-- name: take_back(id, now)!
update messages set status = 'cancelled', status_at = :now where id = :id and status = 'queued';

-- name: abandoned(dead_before)
select m.* from messages m left join processes p on p.owner = m.claimed_by
where m.status = 'sending' and (p.owner is null or p.seen_at < :dead_before);

-- name: next_due(account)$
select min(case when hold_until > next_try_at then hold_until else next_try_at end)
from messages where account = :account and status = 'queued';

-- name: pending(account, since, limit)
select * from messages
where account = :account and status in ('accepted', 'submitted', 'uncertain', 'scheduled')
  and provider_key <> '' and at >= :since
order by asked_at, id desc limit :limit;

-- name: asked(id, now)*!
update messages set asked_at = :now, asks = asks + 1 where id = :id;

-- name: outstanding(account, since)$
select count(*) from (
  select 1 from messages where account = :account
    and status in ('accepted', 'submitted', 'uncertain', 'scheduled') and at >= :since limit 1
);

-- name: scheduled_waiting(conversation_id)
select * from messages where conversation_id = :conversation_id and status = 'scheduled' order by scheduled_at;
