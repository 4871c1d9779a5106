-- name: requeue(id, owner, next_try_at, reason, now)!
update messages set status = 'queued', claimed_by = '', next_try_at = :next_try_at, paused_at = :now, reason = :reason
where id = :id and status = 'sending' and claimed_by = :owner;

-- name: claimed_by(owner, account)
select id from messages where status = 'sending' and claimed_by = :owner and account = :account;

-- name: take_back(id, now)!
update messages set status = 'cancelled', status_at = :now where id = :id and status = 'queued';

-- name: abandoned(dead_before, latest)
select m.* from messages m left join processes p on p.owner = m.claimed_by
where m.status = 'sending' and (p.owner is null or p.seen_at < :dead_before or p.seen_at > :latest);

-- name: next_due(account, latest)$
select min(case when held > paused then held else paused end) from (
  select
    case when at > :latest and (scheduled_at is null or hold_until <> scheduled_at) then 0 else hold_until end as held,
    case when paused_at > :latest and next_try_at < coalesce(scheduled_at, next_try_at + 1) then 0 else next_try_at end
      as paused
  from messages where account = :account and status = 'queued') waiting;

-- name: count_waiting()$
select (select count(*) from messages where status = 'queued')
  + (select count(*) from messages where status = 'sending');

-- name: askable(account, since, now, uncertain_only, by_reference, limit)
select * from messages indexed by messages_askable
where account = :account and status in ('accepted', 'submitted', 'uncertain', 'scheduled')
  and ask_at <= :now and at >= :since
  and (status = 'uncertain' or :uncertain_only = 0)
  and (provider_key <> '' or (status = 'uncertain' and :by_reference = 1))
order by id desc limit :limit;

-- name: next_ask(account, since, uncertain_only, by_reference)$
select min(ask_at) from messages
where account = :account and status in ('accepted', 'submitted', 'uncertain', 'scheduled')
  and at >= :since
  and (status = 'uncertain' or :uncertain_only = 0)
  and (provider_key <> '' or (status = 'uncertain' and :by_reference = 1));

-- name: asked_in_future(account, latest, never)
select id, asks from messages indexed by messages_asked
where account = :account and status in ('accepted', 'submitted', 'uncertain', 'scheduled')
  and asked_at > :latest and ask_at < :never;

-- name: asked(id, asks, ask_at, now)*!
update messages set asked_at = :now, asks = :asks, ask_at = :ask_at where id = :id;

-- name: outstanding(account, since)$
select count(*) from (
  select 1 from messages where account = :account
    and status in ('accepted', 'submitted', 'uncertain', 'scheduled') and at >= :since limit 1
) found;

-- name: want_cancel(id)!
update messages set cancel_wanted = 1 where id = :id and status = 'scheduled' and cancel_wanted <> 1;

-- name: refuse_cancel(id, reason)!
update messages set cancel_wanted = 2, reason = :reason
where id = :id and status in ('accepted', 'submitted', 'uncertain', 'scheduled');

-- name: queued_in(conversation_id)
select id from messages indexed by messages_by_conversation
where conversation_id = :conversation_id and status = 'queued' and confirms is null order by id;

-- name: planned_in(conversation_id, now)
select * from messages indexed by messages_by_conversation
where conversation_id = :conversation_id and direction = 'out' and scheduled_at > :now
order by scheduled_at, id;

-- name: to_cancel(account, now, limit)
select m.* from messages m indexed by messages_scheduled join conversations c on c.id = m.conversation_id
where m.account = :account and m.status = 'scheduled' and m.provider_id <> ''
  and (m.cancel_wanted = 1 or (m.cancel_wanted = 0 and (c.opted_out = 1 or (m.cancel_on_reply = 1 and exists (
    select 1 from messages i indexed by messages_by_conversation
    where i.conversation_id = m.conversation_id and coalesce(i.arrival, i.id) > m.id and i.direction = 'in')))))
union all
select m.* from messages m indexed by messages_planned join conversations c on c.id = m.conversation_id
where m.account = :account and m.status in ('accepted', 'submitted', 'uncertain', 'scheduled')
  and m.status <> 'scheduled' and m.scheduled_at > :now and m.provider_id <> ''
  and m.cancel_wanted = 0 and c.opted_out = 1
order by id limit :limit;

-- name: hurry(account, now)!
update messages set next_try_at = 0 where account = :account and status = 'queued' and next_try_at > :now;
