-- Ids grow with time, so a bound on the id makes each of these a scan of the last days only; without
-- `not indexed` SQLite might look through every message that was ever sent instead.

-- A text that was cancelled before it was sent is no traffic: see also facts.sql.

-- name: by_hour(first_id, since, hour)
select (at - :since) / :hour as place, direction, count(*) as messages from messages
where id >= :first_id and at >= :since and direction <> 'note' and status <> 'cancelled'
group by 1, 2;

-- name: by_account(first_id, since)
select account, count(*) as sent, count(*) filter (where status = 'delivered') as delivered,
  count(*) filter (where status in ('failed', 'rejected', 'expired')) as failed
from messages not indexed
where id >= :first_id and at >= :since and direction = 'out' and status not in ('cancelled', 'queued', 'scheduled')
group by account order by sent desc, account;

-- In the order of arrival: an answer does not count for a text that came in later, and that of a rule not at all.
-- name: turns(first_id)
select conversation_id, direction, at from messages
where id >= :first_id and direction <> 'note' and status <> 'cancelled' and rule = ''
order by conversation_id, coalesce(arrival, id);

-- name: opt_outs(since)
select at from consent where opted_out = 1 and at >= :since;
