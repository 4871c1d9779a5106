-- name: next_id()$
select coalesce(max(id), 0) + 1 from bulk_texts;

-- name: add(id, agent, body, created_at, starts_at, state, pace, night, again)!
insert into bulk_texts (id, agent, body, created_at, starts_at, state, pace, night, again)
values (:id, :agent, :body, :created_at, :starts_at, :state, :pace, :night, :again);

-- name: add_recipient(bulk_id, party, position, conversation_id, address, account, sender, body, seen_upto, state, reason, send_at)*!
insert into bulk_recipients (bulk_id, party, position, conversation_id, address, account, sender, body, seen_upto,
  state, reason, send_at, queued_at)
values (:bulk_id, :party, :position, :conversation_id, :address, :account, :sender, :body, :seen_upto,
  :state, :reason, :send_at, 0)
on conflict do nothing;

-- name: get(id)^
select * from bulk_texts where id = :id;

-- name: newest(limit)
select * from bulk_texts order by id desc limit :limit;

-- name: outcomes(bulk_id)
select r.state, coalesce(m.status, '') as status, count(*) as number
from bulk_recipients r left join messages m on m.id = r.message_id
where r.bulk_id = :bulk_id group by r.state, coalesce(m.status, '');

-- name: recipients(bulk_id)
select r.*, coalesce(c.name, '') as name, coalesce(m.status, '') as status,
  coalesce(m.reason, '') as failure, coalesce(c.id, r.conversation_id) as current_id
from bulk_recipients r left join messages m on m.id = r.message_id
left join conversations c on c.id = coalesce(m.conversation_id,
  (select conversation_id from redirects where old_id = r.conversation_id), r.conversation_id)
where r.bulk_id = :bulk_id order by r.position;

-- name: set_state(id, old, other, new)!
update bulk_texts set state = :new where id = :id and state in (:old, :other);

-- name: finish_unwaited()!
update bulk_texts set state = 'done' where state in ('running', 'paused')
  and not exists (select 1 from bulk_recipients r where r.bulk_id = bulk_texts.id and r.state = 'waiting');

-- name: cancel_waiting(bulk_id)!
update bulk_recipients set state = 'cancelled', body = '' where bulk_id = :bulk_id and state = 'waiting';

-- name: unsent_messages(bulk_id)
select m.id from bulk_recipients r join messages m on m.id = r.message_id
where r.bulk_id = :bulk_id and r.state = 'queued' and m.status = 'queued';

-- name: next_due(account)$
select min(case when r.send_at > b.starts_at then r.send_at else b.starts_at end)
from bulk_recipients r join bulk_texts b on b.id = r.bulk_id
where r.account = :account and r.state = 'waiting' and b.state = 'running';

-- name: next_waiting(account, now)^
select r.* from bulk_recipients r join bulk_texts b on b.id = r.bulk_id
where r.account = :account and r.state = 'waiting' and r.send_at <= :now and b.state = 'running' and b.starts_at <= :now
order by r.bulk_id, r.position limit 1;

-- name: last_queued(account, latest)$
select max(queued_at) from bulk_recipients
where account = :account and state = 'queued' and queued_at <= :latest;

-- Texts of agents that are due, and texts of bulk texts that were not sent yet.
-- name: unsent(account, now)^
select coalesce(sum(case when r.message_id is null and m.hold_until <= :now and m.next_try_at <= :now then 1 else 0 end), 0)
    as single,
  coalesce(sum(case when r.message_id is not null then 1 else 0 end), 0) as bulk
from messages m left join bulk_recipients r on r.message_id = m.id
where m.account = :account and m.status = 'queued';

-- name: has_got(bulk_id, conversation_id)$
select 1 from bulk_recipients r join messages m on m.id = r.message_id
where r.bulk_id = :bulk_id and m.conversation_id = :conversation_id limit 1;

-- name: mark_queued(bulk_id, party, conversation_id, message_id, now)!
update bulk_recipients set state = 'queued', body = '', reason = '', conversation_id = :conversation_id,
  message_id = :message_id, queued_at = :now
where bulk_id = :bulk_id and party = :party and state = 'waiting';

-- name: leave_out(bulk_id, party, reason)!
update bulk_recipients set state = 'left_out', body = '', reason = :reason
where bulk_id = :bulk_id and party = :party and state = 'waiting';

-- Of running texts to many, who waits for an account that no process has served since a time.
-- name: unserved_accounts(since)
select distinct r.account from bulk_recipients r join bulk_texts b on b.id = r.bulk_id
where r.state = 'waiting' and b.state = 'running' and r.send_at < :since and b.starts_at < :since
  and not exists (select 1 from leases l where l.name = r.account and l.renewed_at >= :since)
  and not exists (select 1 from accounts a where a.name = r.account and a.ok_at >= :since);

-- name: waiting_for(account, since)
select r.bulk_id, r.party from bulk_recipients r join bulk_texts b on b.id = r.bulk_id
where r.account = :account and r.state = 'waiting' and b.state = 'running' and r.send_at < :since and b.starts_at < :since;

-- name: postpone(bulk_id, party, reason, send_at)!
update bulk_recipients set reason = :reason, send_at = :send_at
where bulk_id = :bulk_id and party = :party and state = 'waiting';

-- name: has_waiting(bulk_id)$
select 1 from bulk_recipients where bulk_id = :bulk_id and state = 'waiting' limit 1;

-- name: follow_retry(old_id, new_id)!
update bulk_recipients set message_id = :new_id where message_id = :old_id;

-- name: texts_between(conversation_id, first_id, since, until)
select id, body, subject, media, agent, at from messages indexed by messages_by_conversation
where conversation_id = :conversation_id and id >= :first_id and direction = 'out' and format <> 'PING'
  and status not in ('failed', 'rejected', 'expired', 'cancelled')
  and (scheduled_at is null or scheduled_at <= at) and at > :since and at < :until
union all
select id, body, subject, media, agent, scheduled_at as at from messages indexed by messages_planned_texts
where conversation_id = :conversation_id and direction = 'out' and format <> 'PING'
  and status not in ('failed', 'rejected', 'expired', 'cancelled')
  and scheduled_at is not null and scheduled_at > at and scheduled_at > :since and scheduled_at < :until
order by id desc;
